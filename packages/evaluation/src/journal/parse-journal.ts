import { InvalidArgumentError } from '@entrgi/core';
import { strictJson } from '@entrgi/models/internal';
import type { JournalLine } from './journal-line.js';
import { lineFault } from './line-fault.js';

/** The results in a journal, and how much of it is whole. */
export interface ParsedJournal {
  /** One per key: of two with the same, the first. */
  readonly lines: readonly JournalLine[];
  /** Bytes up to the end of the last whole line; what follows was cut. */
  readonly length: number;
}

const NEWLINE = 10;

/**
 * Reads a journal: one JSON object a line, each ended by a line break. Bytes after the last line break are a
 * record that was being written when its process ended; they are no error. `file` is what errors call the
 * journal.
 * @throws InvalidArgumentError naming the line that is none of a journal
 */
export const parseJournal = (bytes: Uint8Array, file: string): ParsedJournal => {
  const lines = new Map<string, JournalLine>();
  let start = 0;
  let number = 0;
  for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
    number += 1;
    const line = parseLine(bytes.subarray(start, end), `${file}, line ${number}`);
    if (!lines.has(line.key)) lines.set(line.key, line);
    start = end + 1;
  }
  return { lines: [...lines.values()], length: start };
};

const parseLine = (bytes: Uint8Array, source: string): JournalLine => {
  let value: unknown;
  try {
    value = strictJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw invalid(source, 'JSON', cause);
  }
  const fault = lineFault(value);
  if (fault !== undefined) throw invalid(source, fault === '' ? 'an object' : `an object with "${fault}"`);
  return value as JournalLine;
};

const invalid = (source: string, expected: string, cause?: unknown): InvalidArgumentError =>
  new InvalidArgumentError(`${source}: expected ${expected}, as a line of a journal is.`, {
    value: source,
    hint: 'Name a journal that `entrgi eval` has written, or remove the line.',
    cause,
  });
