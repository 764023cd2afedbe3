import type { CommittedToken } from '@entrgi/core';
import type { Prediction } from '../prediction/predict.js';
import type { MaskedRows } from '../rows/masked-rows.js';
import { stepInBlock } from '../settings/reveal-probability.js';
import type { SampleSettings } from '../settings/sample-settings.js';

/**
 * Trajectories in which a block has come to rest: its masks are gone, and nothing of it would be edited
 * again. By trajectory, the block.
 */
export type SettledBlocks = Map<number, number>;

/** What of one trajectory is predicted, and which of that has been written already. */
export interface EditableRows extends MaskedRows {
  /** Slots of the current block that hold a token which did not stand there from the beginning. */
  readonly written: ReadonlySet<number>;
}

/**
 * The parts of a step with the written slots of the block beside the masked ones, and those of trajectories
 * that only may be edited.
 */
export const withWritten = (
  settings: SampleSettings,
  {
    step,
    tokenIds,
    parts,
    settled,
  }: {
    readonly step: number;
    readonly tokenIds: Int32Array;
    readonly parts: readonly MaskedRows[];
    readonly settled: SettledBlocks;
  },
): EditableRows[] => {
  const { trajectories, length, blocks, given, maskId } = settings;
  const { block } = stepInBlock(settings, step);
  const { from, to } = blocks[block]!;
  const all: EditableRows[] = [];
  for (let trajectory = 0; trajectory < trajectories; trajectory++) {
    const part = parts.find((each) => each.trajectory === trajectory);
    if (part === undefined && settled.get(trajectory) === block) continue;
    const written = new Set<number>();
    for (let slot = from; slot < to; slot++) {
      const id = tokenIds[trajectory * length + slot];
      if (id !== maskId && given[slot] === maskId) written.add(slot);
    }
    const masked = part?.slots ?? new Int32Array(0);
    const slots = Int32Array.from([...masked, ...written]).sort();
    if (slots.length === 0) continue;
    const first = slots.findIndex((slot) => slot >= from);
    const rows = slots.filter((slot) => slot >= from && slot < to).length;
    const nothing = { count: 0, revealProbability: 0, chosen: undefined };
    all.push({ ...(part ?? nothing), trajectory, slots, first: Math.max(first, 0), rows, written });
  }
  return all;
};

/**
 * The prediction of the masked slots alone, and the edits of the others: where another token than the written
 * one is likelier than the threshold.
 */
export const dividedPrediction = (
  settings: SampleSettings,
  parts: readonly EditableRows[],
  tokenIds: Int32Array,
  { logits, sources: rows }: Prediction,
): { readonly masked: Prediction; readonly edits: readonly CommittedToken[] } => {
  const { denoiser, length, editThreshold } = settings;
  const { size } = denoiser.vocabulary;
  const masked: number[] = [];
  const edits: CommittedToken[] = [];
  let row = 0;
  for (const { trajectory, slots, written } of parts) {
    for (const slot of slots) {
      const source = rows[row++]!;
      if (!written.has(slot)) {
        masked.push(source);
        continue;
      }
      const { tokenId, probability } = mostProbable(logits.subarray(source * size, (source + 1) * size));
      const isOther = tokenId !== tokenIds[trajectory * length + slot];
      if (isOther && probability > editThreshold!) edits.push({ trajectory, position: slot, tokenId });
    }
  }
  const kept = [...new Set(masked)];
  const own = new Float32Array(kept.length * size);
  kept.forEach((source, i) => {
    own.set(logits.subarray(source * size, (source + 1) * size), i * size);
  });
  const places = new Map(kept.map((source, i) => [source, i]));
  const sources = Int32Array.from(masked, (source) => places.get(source)!);
  return { masked: { logits: own, sources }, edits };
};

/** The first of the likeliest tokens of softmax(logits). */
const mostProbable = (logits: Float32Array): { readonly tokenId: number; readonly probability: number } => {
  let tokenId = 0;
  for (let id = 1; id < logits.length; id++) if (logits[id]! > logits[tokenId]!) tokenId = id;
  const largest = logits[tokenId]!;
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - largest);
  return { tokenId, probability: 1 / sum };
};
