/**
 * Keeps the largest probabilities in place, rescaled to sum 1, and zeroes the rest; of equal ones the lower ids stay.
 * The last `count` of `ascending`, sorted, are what stays, or the smallest of it; `mass` is the sum of all that stays.
 */
export const keepLargest = (
  probs: Float32Array,
  ascending: Float32Array,
  count: number,
  mass: number,
): void => {
  const first = ascending.length - count;
  const threshold = ascending[first]!;
  let equals = 0;
  for (let i = first; i < ascending.length && ascending[i] === threshold; i++) equals++;
  const scale = 1 / mass;
  for (let id = 0; id < probs.length; id++) {
    const p = probs[id]!;
    const stays = p > threshold || (p === threshold && equals-- > 0);
    probs[id] = stays ? p * scale : 0;
  }
};
