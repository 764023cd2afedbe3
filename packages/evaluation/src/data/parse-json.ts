import { type DataRecord, parseJsonl, parseLine } from './parse-jsonl.js';

/**
 * The records of a JSON file: those of the list that it is, as some data sets are published, or one a line.
 * @throws InvalidArgumentError for a list that is no JSON
 */
export const parseJson = (bytes: Uint8Array, file: string): DataRecord[] => {
  const isBlankOrMark = (byte: number) => byte <= 32 || byteOrderMark.includes(byte);
  if (bytes.find((byte) => !isBlankOrMark(byte)) !== '['.charCodeAt(0)) return parseJsonl(bytes, file);
  const list = parseLine(bytes, file) as unknown[];
  return list.map((value, i) => ({ source: `${file}, record ${i + 1}`, value: () => value }));
};

const byteOrderMark: readonly number[] = [0xef, 0xbb, 0xbf];
