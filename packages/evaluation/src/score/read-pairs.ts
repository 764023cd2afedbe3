import { InvalidArgumentError } from '@entrgi/core';
import { parseJsonl } from '../data/parse-jsonl.js';
import { pairOf, type ResponsePair } from './rated-pair.js';

/**
 * The pairs in the bytes of a JSONL file, one { prompt, response } a line; `file` is what errors call it.
 * @throws InvalidArgumentError naming the line
 */
export const readPairs = (bytes: Uint8Array, file: string): ResponsePair[] => {
  const pairs = parseJsonl(bytes, file).map(({ source, value }) => pairOf(value(), source));
  if (pairs.length > 0) return pairs;
  throw new InvalidArgumentError(`${file}: expected at least one response, got none.`, {
    value: file,
    hint: 'Write one {"prompt": "…", "response": "…"} a line.',
  });
};
