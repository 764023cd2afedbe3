import type { EntropyOf } from '../contracts/guidance/entropy-of.js';
import type { RowLogits } from '../contracts/guidance/row-logits.js';
import { entropyOfSums } from '../softmax/row-entropy.js';
import { argmax, inverse } from '../softmax/softmax.js';
import { softmaxRow } from '../softmax/softmax-row.js';

/** What guidance needs to know of each row's distribution. */
export interface RelaxedRows {
  /** q = softmax(φ/τ), laid out as the logits are. */
  readonly probs: Float32Array;
  /**
   * Entropy in nats over the whole vocabulary, at the temperature asked for; NaN where a logit is NaN or +∞,
   * or all are −∞, shape [rows].
   */
  readonly entropies: Float64Array;
  /** Place of the highest logit in `probs`, the first of equals, shape [rows]. */
  readonly modes: Int32Array;
}

export interface RelaxOptions {
  /** That of q. */
  readonly temperature: number;
  /** That of the entropy, where it is tempered: the sampling temperature τ. */
  readonly sampling: number;
  readonly entropyOf: EntropyOf;
}

/**
 * Of one row: q = softmax(φ/temperature), its entropy and its most probable token. Tokens left out of the row
 * count for the entropy, and not for q: their share of it is what the selection of candidates bounds. Writes
 * to `out`, and returns Σ eᶻ with z = (φ − max φ)/temperature.
 */
export const relaxRow = (
  logits: RowLogits,
  row: number,
  { temperature, sampling, entropyOf }: RelaxOptions,
  out: RelaxedRows,
): number => {
  const { values, offsets } = logits;
  const [start, end] = [offsets[row]!, offsets[row + 1]!];
  const mode = start + argmax(values, start, end);
  out.modes[row] = mode;
  const highest = values[mode]!;
  const scale = inverse(entropyOf === 'untempered' ? 1 : sampling);
  const [mass, energy, own] = softmaxRow(values, start, end, highest, inverse(temperature), out.probs, scale);
  // A NaN among the logits shows in the sum, and so in either entropy.
  out.entropies[row] = entropyOfSums(logits, row, entropyOf, highest, scale, [mass, energy]);
  return own;
};

/**
 * The entropy of softmax(φ/τ) in nats over the whole vocabulary, of a row that was relaxed at τ, where its
 * `mass` was returned: without an exponential.
 */
export const relaxedEntropy = (
  logits: RowLogits,
  row: number,
  temperature: number,
  mass: number,
  { probs, modes }: RelaxedRows,
): number => {
  const { values, offsets } = logits;
  const highest = values[modes[row]!]!;
  const scale = inverse(temperature);
  let energy = 0;
  for (let i = offsets[row]!; i < offsets[row + 1]!; i++) {
    const q = probs[i]!;
    if (q > 0) energy += q * (values[i]! - highest);
  }
  return entropyOfSums(logits, row, 'tempered', highest, scale, [mass, mass * scale * energy]);
};
