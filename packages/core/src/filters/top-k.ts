import { keepLargest } from '../candidates/keep-largest.js';
import type { Filter } from '../contracts/guidance/filter.js';
import { requireWhole } from '../options/require-that.js';

/** Keeps the k most probable tokens; of equal ones the lower ids. */
export const topK = (k: number): Filter => {
  requireWhole('topK', k, 1);
  let scratch = new Float32Array(0);
  const filter = (probs: Float32Array): void => {
    if (scratch.length < probs.length) scratch = new Float32Array(probs.length);
    let survivors = 0;
    for (let id = 0; id < probs.length; id++) if (probs[id]! > 0) scratch[survivors++] = probs[id]!;
    if (survivors <= k) return;
    const ascending = scratch.subarray(0, survivors).sort();
    let mass = 0;
    for (let i = survivors - k; i < survivors; i++) mass += ascending[i]!;
    keepLargest(probs, ascending, k, mass);
  };
  return Object.assign(filter, { keepsMostProbable: true, rule: { topK: k } } as const);
};
