import type { Component } from '../file/component.js';

/** Ids are 32 bits in every implementation; more than this many tokens fit no table. */
const largestId = 2 ** 26;

/** The vocabulary as a map; `part` is the model. */
export const readIds = (part: Component): Map<string, number> => {
  const vocabulary = part.value('vocab');
  if (typeof vocabulary !== 'object' || vocabulary === null || Array.isArray(vocabulary)) {
    return part.fail('expected vocab', vocabulary);
  }
  const ids = new Map<string, number>();
  // Not by Object.entries: lists of 150,000 pairs would be most of the memory that loading leaves behind.
  for (const token in vocabulary) {
    const id = (vocabulary as Record<string, unknown>)[token];
    if (!Number.isSafeInteger(id) || (id as number) < 0 || (id as number) >= largestId) {
      part.fail(`vocab: expected an id for ${JSON.stringify(token.slice(0, 80))}`, id);
    }
    ids.set(token, id as number);
  }
  return ids;
};
