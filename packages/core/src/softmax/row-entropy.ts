import type { EntropyOf } from '../contracts/guidance/entropy-of.js';
import type { RowLogits } from '../contracts/guidance/row-logits.js';
import { inverse, maximum } from './softmax.js';
import { massAndEnergy } from './softmax-row.js';

/**
 * The entropy of one row in nats, of softmax(φ) (`untempered`) or of softmax(φ/τ), where τ is the sampling
 * temperature. It counts the whole vocabulary: tokens left out of the row by the sums kept of them. NaN where
 * a logit is NaN or +∞.
 */
export const rowEntropy = (logits: RowLogits, row: number, temperature: number, of: EntropyOf): number => {
  const { values, offsets } = logits;
  const highest = maximum(values, offsets[row]!, offsets[row + 1]!);
  const scale = inverse(of === 'untempered' ? 1 : temperature);
  const sums = massAndEnergy(values, offsets[row]!, offsets[row + 1]!, highest, scale);
  return entropyOfSums(logits, row, of, highest, scale, sums);
};

/**
 * H = log Σ eᶻ − Σ z eᶻ / Σ eᶻ with z = (φ − highest) · scale: the two sums are over the tokens of the row,
 * and those left out of it are added.
 */
export const entropyOfSums = (
  { rest }: RowLogits,
  row: number,
  of: EntropyOf,
  highest: number,
  scale: number,
  [mass, energy]: readonly [number, number],
): number => {
  if (rest === undefined) return Math.log(mass) - energy / mass;
  // Their sums are relative to another logit: z moves by the distance between the two.
  const shift = (rest.highest[row]! - highest) * scale;
  const factor = Math.exp(shift);
  const restMass = factor * rest[of].mass[row]!;
  const total = mass + restMass;
  return Math.log(total) - (energy + factor * rest[of].energy[row]! + shift * restMass) / total;
};
