import { type WeightChoice, weightCandidates } from './weight-choice.js';

/** Of a directory, the file that is chosen: relative to it; undefined where it has none of the candidates. */
export const chosenWeights = async (directory: string, choice: WeightChoice): Promise<string | undefined> => {
  // Imported when needed, so that the package also loads in a browser.
  const { access } = await import('node:fs/promises');
  const { join } = await import('node:path');
  for (const candidate of weightCandidates(choice)) {
    const exists = await access(join(directory, candidate)).then(
      () => true,
      () => false,
    );
    if (exists) return candidate;
  }
  return undefined;
};
