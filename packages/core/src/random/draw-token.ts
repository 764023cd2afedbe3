import type { RandomStream } from '../contracts/guidance/random-stream.js';

/**
 * Draws a token id from a distribution by inversion, with one random number. `probs` need not sum to 1; one
 * must be above 0.
 */
export const drawToken = (probs: Float32Array, random: RandomStream): number => {
  let total = 0;
  for (let id = 0; id < probs.length; id++) total += probs[id]!;
  let left = random.uniform() * total;
  let last = 0;
  for (let id = 0; id < probs.length; id++) {
    const p = probs[id]!;
    if (p === 0) continue;
    last = id;
    left -= p;
    if (left < 0) return id;
  }
  return last;
};
