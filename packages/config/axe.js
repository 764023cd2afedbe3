import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const library = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * What axe-core has to say against a page as it stands, as "rule: element" each.
 * @param {import('playwright-core').Page} page
 * @param {readonly string[]} [impacts] of these alone, as in ['serious', 'critical']
 * @returns {Promise<string[]>}
 */
export const axeFindings = async (page, impacts) => {
  await page.evaluate(library);
  const { violations } = await page.evaluate('axe.run(document, { resultTypes: ["violations"] })');
  return violations
    .filter(({ impact }) => impacts?.includes(impact) ?? true)
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
};
