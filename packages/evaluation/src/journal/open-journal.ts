import { type FileHandle, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeFailure } from '@entrgi/onnx/node';
import { claimFile } from './claim-file.js';
import type { JournalLine } from './journal-line.js';
import { parseJournal } from './parse-journal.js';

/** A journal that this process, and no other, adds to. */
export interface Journal {
  /** The results that are in it, in the order they were added. */
  readonly lines: readonly JournalLine[];
  has(key: string): boolean;
  /**
   * Adds a result, unless one of its key is there. Resolves when it is on the disk.
   * @throws DiskFullError and NotWritableError; the file then ends with the last whole line, and nothing more
   *   can be added
   */
  add(line: JournalLine): Promise<void>;
  /** Waits for what is being added. */
  close(): Promise<void>;
}

/**
 * Opens a journal, or begins one. A last line that was cut is removed.
 * @throws InvalidArgumentError where another process writes it, or a line is none of a journal; DiskFullError
 *   and NotWritableError
 */
export const openJournal = async (path: string): Promise<Journal> => {
  const release = await claimFile(path);
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'a').catch((error) => {
      throw writeFailure(error, path);
    });
    const bytes = await readFile(path);
    const { lines, length } = parseJournal(bytes, path);
    if (length < bytes.length) await file.truncate(length);
    if (length === 0) await syncFolder(dirname(path));
    return journalOf(path, file, [...lines], length, release);
  } catch (error) {
    await file?.close();
    await release();
    throw error;
  }
};

const journalOf = (
  path: string,
  file: FileHandle,
  lines: JournalLine[],
  length: number,
  release: () => Promise<void>,
): Journal => {
  const keys = new Set(lines.map(({ key }) => key));
  let failure: unknown;
  let end = length;
  /** What has been handed in since the last time that the disk was waited for. */
  let waiting: JournalLine[] = [];
  const write = async (): Promise<void> => {
    if (failure !== undefined) throw failure;
    const added = waiting;
    waiting = [];
    if (added.length === 0) return;
    const bytes = Buffer.from(added.map((line) => `${JSON.stringify(line)}\n`).join(''));
    try {
      await file.appendFile(bytes);
      await file.datasync();
    } catch (error) {
      failure = writeFailure(error, path);
      // What is shorter fits on any disk.
      await file.truncate(end).catch(() => undefined);
      throw failure;
    }
    end += bytes.length;
    lines.push(...added);
  };
  let last: Promise<void> = Promise.resolve();
  return {
    lines,
    has: (key) => keys.has(key),
    add(line) {
      if (!keys.has(line.key)) waiting.push(line);
      keys.add(line.key);
      const added = last.then(write);
      last = added.catch(() => undefined);
      return added;
    },
    async close() {
      await last;
      await file.close();
      await release();
    },
  };
};

/** Puts the file's name on the disk, too, where a folder can be opened. */
const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
};
