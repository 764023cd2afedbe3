import { readFile } from 'node:fs/promises';
import { NotFoundError } from '@entrgi/core';
import type { JournalLine } from './journal-line.js';
import { parseJournal } from './parse-journal.js';

/**
 * The results of several journals, one per key: of two with the same, the first. A last line that was cut is
 * left out; `onCut` is told of the file.
 * @throws NotFoundError, and InvalidArgumentError for a line that is none of a journal
 */
export const readJournals = async (
  paths: readonly string[],
  onCut: (path: string) => void = () => {},
): Promise<JournalLine[]> => {
  const lines = new Map<string, JournalLine>();
  for (const path of paths) {
    const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'ENOENT') throw cause;
      throw new NotFoundError(`${path}: there is no such journal.`, {
        value: path,
        hint: 'Make it with `entrgi eval`.',
        cause,
      });
    });
    const parsed = parseJournal(bytes, path);
    if (parsed.length < bytes.length) onCut(path);
    for (const line of parsed.lines) if (!lines.has(line.key)) lines.set(line.key, line);
  }
  return [...lines.values()];
};
