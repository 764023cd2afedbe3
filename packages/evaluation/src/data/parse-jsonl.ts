import { InvalidArgumentError } from '@entrgi/core';
import { strictJson } from '@entrgi/models/internal';

/** A record of a file: its value, or why it has none, and what errors call it. */
export interface DataRecord {
  readonly source: string;
  readonly value: () => unknown;
}

const NEWLINE = 10;

/**
 * The records of a JSONL file, one a line; blank lines are none. A record that is no UTF-8 or no JSON says
 * so, by its line, when it is read.
 */
export const parseJsonl = (bytes: Uint8Array, file: string): DataRecord[] => {
  const records: DataRecord[] = [];
  let start = 0;
  for (let number = 1; start < bytes.length; number++) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline < 0 ? bytes.length : newline;
    const line = bytes.subarray(start, end);
    const source = `${file}, line ${number}`;
    if (line.some((byte) => byte > 32)) records.push({ source, value: () => parseLine(line, source) });
    start = end + 1;
  }
  return records;
};

/**
 * The JSON in some bytes; `source` is what errors call them.
 * @throws InvalidArgumentError
 */
export const parseLine = (bytes: Uint8Array, source: string): unknown => {
  let line = '';
  try {
    // A byte order mark at the start is dropped.
    line = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return strictJson(line);
  } catch (cause) {
    const got = line === '' ? 'bytes that are no UTF-8' : JSON.stringify(clip(line));
    throw new InvalidArgumentError(`${source}: expected JSON, got ${got} (${(cause as Error).message}).`, {
      value: line,
      hint: 'Write one {"prompt": "…"} a line.',
      cause,
    });
  }
};

const clip = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text);
