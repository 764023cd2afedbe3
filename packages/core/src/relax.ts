import type { Preset } from './contracts/preset.js';
import type { RowLogits } from './contracts/row-logits.js';
import { exponential, LOWEST } from './exponential.js';
import { entropyOfSums, rowEntropy } from './row-entropy.js';

/** What guidance needs to know of each row's distribution. */
export interface RelaxedRows {
  /** q = softmax(φ/τ), laid out as the logits are. */
  readonly probs: Float32Array;
  /** Entropy in nats over the whole vocabulary, at the temperature asked for; NaN where a logit is NaN or +∞, shape [rows]. */
  readonly entropies: Float64Array;
  /** Place of the highest logit in `probs`, the first of equals, shape [rows]. */
  readonly modes: Int32Array;
}

/**
 * q = softmax(φ/τ), the entropy of each row and its most probable token. Tokens left out of the rows count for the entropy, and not for q: their
 * share of it is what the selection of candidates bounds. Writes to `out`.
 */
export const relax = (
  logits: RowLogits,
  temperature: number,
  entropyOf: Preset['entropyOf'],
  out: RelaxedRows,
): void => {
  const { values, offsets } = logits;
  const { probs, entropies, modes } = out;
  // Kept finite: 0 · ∞ would make a NaN of the most probable token.
  const scale = Math.min(1 / temperature, 1e30);
  for (let row = 0; row < modes.length; row++) {
    const start = offsets[row]!;
    const end = offsets[row + 1]!;
    let mode = start;
    let highest = Number.NEGATIVE_INFINITY;
    for (let i = start; i < end; i++) {
      const value = values[i]!;
      if (value > highest) {
        highest = value;
        mode = i;
      }
    }
    let sum = 0;
    let energy = 0;
    for (let i = start; i < end; i++) {
      const z = (values[i]! - highest) * scale;
      const e = exponential(z);
      probs[i] = e;
      sum += e;
      if (z >= LOWEST) energy += z * e;
    }
    const share = 1 / sum;
    for (let i = start; i < end; i++) probs[i]! *= share;
    modes[row] = mode;
    // A NaN among the logits shows in the sum, and so in either entropy.
    entropies[row] =
      entropyOf === 'untempered' && temperature !== 1
        ? rowEntropy(logits, row, temperature, 'untempered')
        : entropyOfSums(logits, row, entropyOf, { highest, scale, mass: sum, energy });
  }
};
