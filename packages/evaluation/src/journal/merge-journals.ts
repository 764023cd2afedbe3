import { openDestination, writeFailure } from '@entrgi/onnx/node';
import { readJournals } from './read-journals.js';

/**
 * Writes the results of several journals, such as those of shards, as one: each key once, in the order of the
 * files. Resolves to how many there are.
 */
export const mergeJournals = async (paths: readonly string[], out: string): Promise<number> => {
  const lines = await readJournals(paths);
  const { file, keep, discard } = await openDestination(out);
  try {
    for (const line of lines) await file.appendFile(`${JSON.stringify(line)}\n`);
    await keep();
  } catch (error) {
    throw writeFailure(error, out);
  } finally {
    await discard();
  }
  return lines.length;
};
