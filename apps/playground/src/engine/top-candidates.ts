import type { RowLogits } from '@entrgi/core';
import { type Candidates, SHOWN } from '../protocol/protocol.js';

/** Of each row its `SHOWN` most probable tokens under softmax(φ/τ), and all of its probabilities for a later comparison. */
export const topCandidates = (
  { offsets, values, tokenIds }: RowLogits,
  temperature: number,
): { readonly top: Candidates; readonly probs: Float32Array } => {
  const rows = offsets.length - 1;
  const probs = new Float32Array(values.length);
  const top = { ids: new Int32Array(rows * SHOWN).fill(-1), probs: new Float32Array(rows * SHOWN) };
  const tau = temperature > 0 ? temperature : 1;
  for (let row = 0; row < rows; row++) {
    const [from, to] = [offsets[row]!, offsets[row + 1]!];
    let highest = Number.NEGATIVE_INFINITY;
    for (let i = from; i < to; i++) highest = Math.max(highest, values[i]!);
    let sum = 0;
    for (let i = from; i < to; i++) {
      probs[i] = Math.exp((values[i]! - highest) / tau);
      sum += probs[i]!;
    }
    for (let i = from; i < to; i++) {
      probs[i]! /= sum;
      insert(top, row, tokenIds === undefined ? i - from : tokenIds[i]!, probs[i]!);
    }
  }
  return { top, probs };
};

/** Keeps a row's list sorted, the most probable first. */
const insert = ({ ids, probs }: Candidates, row: number, id: number, prob: number): void => {
  const first = row * SHOWN;
  if (prob <= probs[first + SHOWN - 1]!) return;
  let at = first + SHOWN - 1;
  for (; at > first && probs[at - 1]! < prob; at--) {
    probs[at] = probs[at - 1]!;
    ids[at] = ids[at - 1]!;
  }
  probs[at] = prob;
  ids[at] = id;
};

/** Half the sum of the differences, per row: the share of the probability that has moved. */
export const movedShare = (offsets: Int32Array, before: Float32Array, after: Float32Array): Float32Array =>
  Float32Array.from({ length: offsets.length - 1 }, (_, row) => {
    let sum = 0;
    for (let i = offsets[row]!; i < offsets[row + 1]!; i++) sum += Math.abs(after[i]! - before[i]!);
    return sum / 2;
  });
