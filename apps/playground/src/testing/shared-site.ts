import { inject } from 'vitest';

/** The folder of the site, built once for all tests. */
export const sharedSite = async (): Promise<string> => {
  const response = await fetch(inject('siteBuilder'));
  const said = await response.text();
  if (!response.ok) throw new Error(`The site cannot be built: ${said}`);
  return said;
};
