/**
 * Keeps the largest probabilities in place, rescaled to sum 1, and zeroes the rest; of equal ones the lower
 * ids stay. The last `count` of `ascending`, sorted, are what stays, or the smallest of it; all that equal
 * the smallest are in it. `mass` is the sum of all that stays.
 */
export const keepLargest = (
  probs: Float32Array,
  ascending: Float32Array,
  count: number,
  mass: number,
): void => {
  const first = ascending.length - count;
  const threshold = ascending[first]!;
  zeroBelow(probs, threshold);
  if (first > 0 && ascending[first - 1] === threshold) {
    let equals = 0;
    for (let i = first; ascending[i] === threshold; i++) equals++;
    for (let id = 0; id < probs.length; id++) if (probs[id] === threshold && equals-- <= 0) probs[id] = 0;
  }
  const scale = 1 / mass;
  for (let id = 0; id < probs.length; id++) probs[id]! *= scale;
};

/**
 * Floats of at least 0 are ordered as their bits. Without a branch, which half of the time would be the wrong
 * one.
 */
const zeroBelow = (probs: Float32Array, threshold: number): void => {
  const bits = bitsOf(probs);
  const below = bitsOf(Float32Array.of(threshold))[0]! - 1;
  for (let id = 0; id < bits.length; id++) {
    const own = bits[id]!;
    bits[id] = own & ((below - own) >> 31);
  }
};

/** The same memory as whole numbers. */
export const bitsOf = <B extends ArrayBufferLike>({
  buffer,
  byteOffset,
  length,
}: Float32Array<B>): Int32Array<B> => new Int32Array(buffer, byteOffset, length);
