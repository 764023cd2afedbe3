import { keepLargest } from '../candidates/keep-largest.js';
import type { Filter } from '../contracts/guidance/filter.js';
import { requireWhole } from '../options/require-that.js';

/** Keeps the k most probable tokens; of equal ones the lower ids. */
export const topK = (k: number): Filter => {
  requireWhole('topK', k, 1);
  const keep = keepLargest('number', k);
  const filter = (probs: Float32Array): void => keep(probs);
  return Object.assign(filter, { keepsMostProbable: true, rule: { topK: k } } as const);
};
