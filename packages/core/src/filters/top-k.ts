import { keepLargest } from '../candidates/keep-largest.js';
import type { Filter } from '../contracts/guidance/filter.js';
import { requireWhole } from '../options/require-that.js';

/** Keeps the k most probable tokens; of equal ones the lower ids. */
export const topK = (k: number): Filter => {
  requireWhole('topK', k, 1);
  return Object.assign(keepLargest('number', k), { keepsMostProbable: true, rule: { topK: k } } as const);
};
