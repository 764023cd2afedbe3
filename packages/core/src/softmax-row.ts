import { exponential, powers } from './exponential.js';

/** Σ eᶻ and Σ z eᶻ over [start, end), where z = (φ − highest) · scale; below −69, where e is 0, z may be infinite. */
export const massAndEnergy = (
  values: Float32Array,
  start: number,
  end: number,
  highest: number,
  scale: number,
): [number, number] => {
  const table = powers;
  let mass = 0;
  let energy = 0;
  for (let i = start; i < end; i++) {
    const z = (values[i]! - highest) * scale;
    const e = exponential(z, table);
    mass += e;
    if (z >= -69) energy += z * e;
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
  const table = powers;
  let mass = 0;
  let energy = 0;
  for (let i = start; i < end; i++) {
    const z = (values[i]! - highest) * scale;
    const e = exponential(z, table);
    probs[i] = e;
    mass += e;
    if (z >= -69) energy += z * e;
  }
  const share = 1 / mass;
  for (let i = start; i < end; i++) probs[i]! *= share;
  return [mass, energy];
};
