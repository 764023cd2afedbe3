import type { EntropyOf } from '../contracts/guidance/entropy-of.js';
import type { RowLogits } from '../contracts/guidance/row-logits.js';
import { maximum } from './softmax.js';
import { massAndEnergy } from './softmax-row.js';

/**
 * The entropy of one row in nats, of softmax(φ) (`untempered`) or of softmax(φ/τ), where τ is the sampling
 * temperature. It counts the whole vocabulary: tokens left out of the row by the sums kept of them. NaN where
 * a logit is NaN or +∞.
 */
export const rowEntropy = (logits: RowLogits, row: number, temperature: number, of: EntropyOf): number => {
  const { values, offsets } = logits;
  const highest = maximum(values, offsets[row]!, offsets[row + 1]!);
  return rowEntropyBelow(highest, logits, row, temperature, of);
};

/** The same of a row whose highest logit is known. */
export const rowEntropyBelow = (
  highest: number,
  logits: RowLogits,
  row: number,
  temperature: number,
  of: EntropyOf,
): number => {
  const scale = of === 'untempered' ? 1 : Math.min(1 / temperature, 1e30);
  const [mass, energy] = massAndEnergy(
    logits.values,
    logits.offsets[row]!,
    logits.offsets[row + 1]!,
    highest,
    scale,
  );
  return entropyOfSums(logits, row, of, { highest, scale, mass, energy });
};

/** With z = (φ − highest) · scale: Σ eᶻ and Σ z eᶻ over the tokens of a row. */
export interface RowSums {
  readonly highest: number;
  readonly scale: number;
  readonly mass: number;
  readonly energy: number;
}

/** H = log Σ eᶻ − Σ z eᶻ / Σ eᶻ, the tokens left out of the row added. */
export const entropyOfSums = (
  { rest }: RowLogits,
  row: number,
  of: EntropyOf,
  { highest, scale, mass, energy }: RowSums,
): number => {
  if (rest === undefined) return Math.log(mass) - energy / mass;
  // Their sums are relative to another logit: z moves by the distance between the two.
  const shift = (rest.highest[row]! - highest) * scale;
  const factor = Math.exp(shift);
  const restMass = factor * rest[of].mass[row]!;
  const total = mass + restMass;
  return Math.log(total) - (energy + factor * rest[of].energy[row]! + shift * restMass) / total;
};
