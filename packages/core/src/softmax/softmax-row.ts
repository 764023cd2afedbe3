import { exponential, powers } from './exponential.js';

/** Σ eᶻ and Σ z eᶻ over [start, end), where z = (φ − highest) · scale. */
export const massAndEnergy = (
  values: Float32Array,
  start: number,
  end: number,
  highest: number,
  scale: number,
): [number, number] => {
  // Local, as what belongs to a module is read again for each number.
  const [exp, table] = [exponential, powers];
  let mass = 0;
  let energy = 0;
  for (let i = start; i < end; i++) {
    const z = (values[i]! - highest) * scale;
    const e = exp(z, table);
    mass += e;
    // Where e is 0, z may be infinite.
    if (e > 0) energy += z * e;
  }
  return [mass, energy];
};

/**
 * Writes softmax(scale · φ); returns Σ eᶻ and Σ z eᶻ with z = (φ − highest) · sumScale, at another
 * temperature or at the same, and Σ eᶻ with z = (φ − highest) · scale.
 */
export const softmaxRow = (
  values: Float32Array,
  start: number,
  end: number,
  highest: number,
  scale: number,
  probs: Float32Array,
  sumScale = scale,
): [number, number, number] => {
  const [exp, table] = [exponential, powers];
  const isSame = sumScale === scale;
  let own = 0;
  let mass = 0;
  let energy = 0;
  for (let i = start; i < end; i++) {
    const above = values[i]! - highest;
    const p = exp(above * scale, table);
    probs[i] = p;
    own += p;
    const z = above * sumScale;
    const e = isSame ? p : exp(z, table);
    mass += e;
    if (e > 0) energy += z * e;
  }
  const share = 1 / own;
  for (let i = start; i < end; i++) probs[i]! *= share;
  return [mass, energy, own];
};
