import { bitsOf, keepLargest } from '../candidates/keep-largest.js';
import type { Filter } from '../contracts/guidance/filter.js';
import { requireThat } from '../options/require-that.js';

/** Floats of at least 0 sort like their bits: the upper 12 tell 2048 buckets, eight to a power of two. */
const SHIFT = 20;
const BUCKETS = 2048;

/**
 * Keeps the smallest set of most probable tokens whose mass is at least p in (0, 1] (nucleus sampling); of
 * equal ones the lower ids.
 */
export const topP = (p: number): Filter => {
  requireThat('topP', p, 'a number above 0 and at most 1', typeof p === 'number' && p > 0 && p <= 1);
  const masses = new Float64Array(BUCKETS);
  let scratch = new Float32Array(0);
  let bits = new Int32Array(0);
  const filter = (probs: Float32Array): void => {
    if (p === 1) return;
    const count = probs.length;
    if (scratch.length < count) {
      scratch = new Float32Array(count);
      bits = bitsOf(scratch);
    }
    let total = 0;
    for (let id = 0; id < count; id++) total += probs[id]!;
    // All tokens below this floor together hold less than 1 − p: the set is found among the others.
    const floor = ((1 - p) * total) / count;
    const survivors = collect(bitsOf(probs), bitsOf(Float32Array.of(floor))[0]!, bits);
    masses.fill(0);
    let lowest = BUCKETS - 1;
    let highest = 0;
    for (let i = 0; i < survivors; i++) {
      const bucket = bits[i]! >>> SHIFT;
      if (bucket < lowest) lowest = bucket;
      if (bucket > highest) highest = bucket;
      masses[bucket]! += scratch[i]!;
    }
    const needed = p * total;

    let bucket = highest;
    let mass = 0;
    // Rounding may leave the survivors just short of what is needed: then all of them stay.
    while (bucket > lowest && mass + masses[bucket]! < needed) mass += masses[bucket--]!;
    // The set ends within this bucket: sort only that.
    let size = 0;
    for (let i = 0; i < survivors; i++) {
      if (bits[i]! >>> SHIFT === bucket) scratch[size++] = scratch[i]!;
    }
    const ascending = scratch.subarray(0, size).sort();
    let kept = 0;
    while (kept < size && mass < needed) mass += ascending[size - ++kept]!;
    keepLargest(probs, ascending, kept, mass);
  };
  return Object.assign(filter, { keepsMostProbable: true, rule: { topP: p } } as const);
};

/**
 * Copies the bits of at least `floor`, and returns how many these are. Without a branch, which often would be
 * the wrong one.
 */
const collect = (bits: Int32Array, floor: number, out: Int32Array): number => {
  const below = floor - 1;
  let count = 0;
  for (let i = 0; i < bits.length; i++) {
    const own = bits[i]!;
    out[count] = own;
    count -= (below - own) >> 31;
  }
  return count;
};
