import { InvalidArgumentError } from '@entrgi/core';
import type { JournalLine } from './journal-line.js';

/** The results in a journal, and how much of it is whole. */
export interface ParsedJournal {
  /** One per key: of two with the same, the first. */
  readonly lines: readonly JournalLine[];
  /** Bytes up to the end of the last whole line; what follows was cut. */
  readonly length: number;
}

const NEWLINE = 10;

/**
 * Reads a journal: one JSON object a line, each ended by a line break. Bytes after the last line break are a record that was being written when its
 * process ended; they are no error. `file` is what errors call the journal. Throws InvalidArgumentError naming the line that is none of a journal.
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
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw invalid(source, 'JSON', cause);
  }
  const missing = fields.find(([name, is]) => !is((value as Record<string, unknown> | null)?.[name]));
  if (missing !== undefined) throw invalid(source, `an object with "${missing[0]}"`);
  return value as JournalLine;
};

const isText = (value: unknown) => typeof value === 'string';
const isNumber = (value: unknown) => typeof value === 'number';
const isObject = (value: unknown) => typeof value === 'object' && value !== null;

/** What a line of a journal has at least. */
const fields: readonly (readonly [name: keyof JournalLine, is: (value: unknown) => boolean])[] = [
  ['key', isText],
  ['prompt', (value) => isText(value) || Array.isArray(value)],
  ['method', isText],
  ['temperature', isNumber],
  ['seed', isNumber],
  ['settings', isObject],
  ['trajectories', (value) => Array.isArray(value) && value.length > 0],
  ['top1', isNumber],
  ['avg', isNumber],
  ['cost', isObject],
  ['versions', isObject],
];

const invalid = (source: string, expected: string, cause?: unknown): InvalidArgumentError =>
  new InvalidArgumentError(`${source}: expected ${expected}, as a line of a journal is.`, {
    value: source,
    cure: 'Name a journal that `entrgi eval` has written, or remove the line.',
    cause,
  });
