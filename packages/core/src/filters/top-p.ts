import { keepLargest } from '../candidates/keep-largest.js';
import type { Filter } from '../contracts/guidance/filter.js';
import { requireThat } from '../options/require-that.js';

/**
 * Keeps the smallest set of most probable tokens whose mass is at least p in (0, 1] (nucleus sampling); of
 * equal ones the lower ids.
 */
export const topP = (p: number): Filter => {
  requireThat('topP', p, 'a number above 0 and at most 1', typeof p === 'number' && p > 0 && p <= 1);
  const keep = keepLargest('mass', p);
  const filter = (probs: Float32Array): void => {
    if (p < 1) keep(probs);
  };
  return Object.assign(filter, { keepsMostProbable: true, rule: { topP: p } } as const);
};
