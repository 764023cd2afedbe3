import type { Filter } from '../contracts/filter.js';
import { keepLargest } from '../keep-largest.js';
import { requireThat } from '../require-that.js';

/** Keeps the smallest set of most probable tokens whose mass is at least p in (0, 1] (nucleus sampling); of equal ones the lower ids. */
export const topP = (p: number): Filter => {
  requireThat('topP', p, 'a number above 0 and at most 1', p > 0 && p <= 1);
  let scratch = new Float32Array(0);
  return (probs) => {
    if (p === 1) return;
    if (scratch.length < probs.length) scratch = new Float32Array(probs.length);
    let total = 0;
    for (let id = 0; id < probs.length; id++) total += probs[id]!;
    const needed = p * total;
    // Tokens below it add up to less than 1 − p, so the set never reaches them: sort only the others.
    const least = (total - needed) / probs.length;
    let survivors = 0;
    for (let id = 0; id < probs.length; id++) {
      const probability = probs[id]!;
      if (probability >= least) scratch[survivors++] = probability;
    }
    const ascending = scratch.subarray(0, survivors).sort();
    let count = 0;
    let mass = 0;
    while (count < survivors && mass < needed) mass += ascending[survivors - ++count]!;
    keepLargest(probs, ascending, count, mass);
  };
};
