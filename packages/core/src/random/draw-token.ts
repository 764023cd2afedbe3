import type { RandomStream } from '../contracts/guidance/random-stream.js';

/**
 * Draws a token id from a distribution by inversion, with one random number. `probs` need not sum to 1; one
 * must be above 0.
 */
export const drawToken = (probs: Float32Array, random: RandomStream): number => {
  const whole = probs.length - (probs.length % 4);
  // Four sums, none of which waits for another.
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let id = 0; id < whole; id += 4) {
    a += probs[id]!;
    b += probs[id + 1]!;
    c += probs[id + 2]!;
    d += probs[id + 3]!;
  }
  for (let id = whole; id < probs.length; id++) a += probs[id]!;
  let left = random.uniform() * (a + b + (c + d));
  let id = 0;
  for (; id < whole; id += 4) {
    const mass = probs[id]! + probs[id + 1]! + (probs[id + 2]! + probs[id + 3]!);
    if (left < mass) break;
    left -= mass;
  }
  for (; id < probs.length; id++) {
    left -= probs[id]!;
    if (left < 0) return id;
  }
  // Rounding may leave a little: it is the last token's.
  for (id--; probs[id] === 0; id--);
  return id;
};
