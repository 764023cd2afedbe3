import { exponential, powers } from './exponential.js';

/**
 * Σ eᶻ and Σ z eᶻ over [start, end), where z = (φ − highest) · scale; writes the eᶻ to `out`, where it is
 * given.
 */
export const massAndEnergy = (
  values: Float32Array,
  start: number,
  end: number,
  highest: number,
  scale: number,
  out?: Float32Array,
): [number, number] => {
  const table = powers;
  let mass = 0;
  let energy = 0;
  for (let i = start; i < end; i++) {
    const z = (values[i]! - highest) * scale;
    const e = exponential(z, table);
    if (out !== undefined) out[i] = e;
    mass += e;
    // Where e is 0, z may be infinite.
    if (e > 0) energy += z * e;
  }
  return [mass, energy];
};

/** The same, and writes softmax(scale · φ). */
export const softmaxRow = (
  values: Float32Array,
  start: number,
  end: number,
  highest: number,
  scale: number,
  probs: Float32Array,
): [number, number] => {
  const sums = massAndEnergy(values, start, end, highest, scale, probs);
  const share = 1 / sums[0];
  for (let i = start; i < end; i++) probs[i]! *= share;
  return sums;
};
