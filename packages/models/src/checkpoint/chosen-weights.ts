import type { Folder } from '../files/byte-source.js';
import { type WeightChoice, weightCandidates } from './weight-choice.js';

/** Of a folder, the file that is chosen: relative to it; undefined where it has none of the candidates. */
export const chosenWeights = async (
  folder: Pick<Folder, 'open'>,
  choice: WeightChoice,
): Promise<string | undefined> => {
  for (const candidate of weightCandidates(choice)) {
    const opened = await folder.open(candidate);
    await opened?.close();
    if (opened !== undefined) return candidate;
  }
  return undefined;
};
