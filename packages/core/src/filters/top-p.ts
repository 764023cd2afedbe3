import type { Filter } from '../contracts/filter.js';
import { keepLargest } from '../keep-largest.js';
import { requireThat } from '../require-that.js';

/** Floats of at least 0 sort like their bits: the upper 12 tell 2048 buckets, eight to a power of two. */
const SHIFT = 20;
const BUCKETS = 2048;

/** Keeps the smallest set of most probable tokens whose mass is at least p in (0, 1] (nucleus sampling); of equal ones the lower ids. */
export const topP = (p: number): Filter => {
  requireThat('topP', p, 'a number above 0 and at most 1', p > 0 && p <= 1);
  const masses = new Float64Array(BUCKETS);
  let scratch = new Float32Array(0);
  let bits = new Uint32Array(0);
  return (probs) => {
    if (p === 1) return;
    if (scratch.length < probs.length) {
      scratch = new Float32Array(probs.length);
      bits = new Uint32Array(scratch.buffer);
    }
    scratch.set(probs);
    masses.fill(0);
    for (let id = 0; id < probs.length; id++) masses[bits[id]! >>> SHIFT]! += probs[id]!;
    // Added up in the order in which they are taken, so that taking them all is enough to the last bit.
    let total = 0;
    for (let b = BUCKETS - 1; b >= 0; b--) total += masses[b]!;
    const needed = p * total;

    let bucket = BUCKETS - 1;
    let mass = 0;
    while (mass + masses[bucket]! < needed) mass += masses[bucket--]!;
    // The set ends within this bucket: sort only that.
    let size = 0;
    for (let id = 0; id < probs.length; id++)
      if (bits[id]! >>> SHIFT === bucket) scratch[size++] = probs[id]!;
    const ascending = scratch.subarray(0, size).sort();
    let count = 0;
    while (count < size && mass < needed) mass += ascending[size - ++count]!;
    keepLargest(probs, ascending, count, mass);
  };
};
