import { massAndEnergy, softmaxRow } from './softmax-row.js';

/**
 * softmax(φ/τ) row by row. `logits` has shape [rows, size]; −∞ excludes a token. Writes to `out` (default: a
 * new array). `temperature` τ > 0.
 */
export const softmax = (
  logits: Float32Array,
  size: number,
  temperature = 1,
  out: Float32Array = new Float32Array(logits.length),
): Float32Array => {
  const scale = inverse(temperature);
  for (let start = 0; start < logits.length; start += size) {
    const end = start + size;
    softmaxRow(logits, start, end, maximum(logits, start, end), scale, out);
  }
  return out;
};

/** H(softmax(φ/τ)) per row in nats, shape [rows]: log Σeᶻ − Σ p z with z = (φ − max φ)/τ. */
export const entropy = (
  logits: Float32Array,
  size: number,
  temperature = 1,
  out: Float64Array = new Float64Array(logits.length / size),
): Float64Array => {
  const scale = inverse(temperature);
  for (let row = 0, start = 0; start < logits.length; row++, start += size) {
    const end = start + size;
    const highest = maximum(logits, start, end);
    const [mass, energy] = massAndEnergy(logits, start, end, highest, scale);
    out[row] = Math.log(mass) - energy / mass;
  }
  return out;
};

/** log Σ exp(φ/τ) per row, shape [rows]. */
export const logSumExp = (logits: Float32Array, size: number, temperature = 1): Float64Array => {
  const scale = inverse(temperature);
  const out = new Float64Array(logits.length / size);
  for (let row = 0, start = 0; start < logits.length; row++, start += size) {
    const highest = maximum(logits, start, start + size);
    const [mass] = massAndEnergy(logits, start, start + size, highest, scale);
    out[row] = highest * scale + Math.log(mass);
  }
  return out;
};

/** Index of the largest value in [start, end), relative to `start`; the first of equals. */
export const argmax = (values: Float32Array, start = 0, end = values.length): number => {
  let best = start;
  let highest = values[start]!;
  for (let i = start + 1; i < end; i++) {
    const value = values[i]!;
    if (value > highest) {
      highest = value;
      best = i;
    }
  }
  return best - start;
};

/** The largest value in [start, end), −∞ where there is none. */
export const maximum = (values: Float32Array, start: number, end: number): number => {
  let highest = Number.NEGATIVE_INFINITY;
  for (let i = start; i < end; i++) if (values[i]! > highest) highest = values[i]!;
  return highest;
};

/** 1/τ, kept finite: 0 · ∞ would make a NaN of the most probable token. */
export const inverse = (temperature: number): number => Math.min(1 / temperature, 1e30);
