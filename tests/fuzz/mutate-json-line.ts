import { mutateJson } from './mutate-json.js';
import type { Mutation } from './target.js';

const NEWLINE = 10;

/** One of several lines of JSON, mutated. */
export const mutateJsonLine: Mutation = (bytes, random, others) => {
  const ends: number[] = [];
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) ends.push(at);
  const place = random.below(ends.length + 1);
  const [start, end] = [place === 0 ? 0 : ends[place - 1]! + 1, ends[place] ?? bytes.length];
  const line = mutateJson(bytes.subarray(start, end), random, others);
  return Buffer.concat([bytes.subarray(0, start), line, bytes.subarray(end)]);
};
