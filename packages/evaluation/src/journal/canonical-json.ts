import { createHash } from 'node:crypto';

/**
 * JSON with the keys of every object in alphabetical order, and without what is undefined: the same value,
 * the same text.
 */
export const canonicalJson = (value: unknown): string =>
  JSON.stringify(value, (_key, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );

/** Hash of a value by its canonical JSON: 32 hexadecimal digits of SHA-256. */
export const hashOf = (value: unknown): string =>
  createHash('sha256').update(canonicalJson(value)).digest('hex').slice(0, 32);
