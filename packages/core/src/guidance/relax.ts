import type { EntropyOf } from '../contracts/guidance/entropy-of.js';
import type { RowLogits } from '../contracts/guidance/row-logits.js';
import { entropyOfSums, rowEntropyBelow } from '../softmax/row-entropy.js';
import { argmax } from '../softmax/softmax.js';
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
 * to `out`.
 */
export const relaxRow = (
  logits: RowLogits,
  row: number,
  { temperature, sampling, entropyOf }: RelaxOptions,
  out: RelaxedRows,
): void => {
  const { values, offsets } = logits;
  // Kept finite: 0 · ∞ would make a NaN of the most probable token.
  const scale = Math.min(1 / temperature, 1e30);
  const [start, end] = [offsets[row]!, offsets[row + 1]!];
  const mode = start + argmax(values, start, end);
  out.modes[row] = mode;
  const highest = values[mode]!;
  const [mass, energy] = softmaxRow(values, start, end, highest, scale, out.probs);
  // A NaN among the logits shows in the sum, and so in either entropy.
  out.entropies[row] =
    temperature === (entropyOf === 'untempered' ? 1 : sampling)
      ? entropyOfSums(logits, row, entropyOf, { highest, scale, mass, energy })
      : rowEntropyBelow(highest, logits, row, sampling, entropyOf);
};
