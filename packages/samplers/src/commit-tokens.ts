import type { CommittedToken, RandomStream } from '@entrgi/core';
import { addConfident } from './add-confident.js';
import { checkChosen } from './check-chosen.js';
import { drawRows, rowDistributions } from './draw-rows.js';
import type { MaskedRows } from './masked-rows.js';
import type { SampleSettings } from './sample-options.js';

export interface CommitRequest {
  readonly parts: readonly MaskedRows[];
  /** The denoiser's logits and the optimised ones, shape [rows of all parts, vocabulary]. */
  readonly initialLogits: Float32Array;
  readonly optimisedLogits: Float32Array;
  readonly tokenStream: (trajectory: number) => RandomStream;
  readonly orderStream: (trajectory: number) => RandomStream;
}

/** Draws a token for every masked slot of the current block and lets the order choose which ones stay. */
export const commitTokens = (settings: SampleSettings, request: CommitRequest): CommittedToken[] => {
  const { order, orderTemperature, temperature, filters, deprioritizeEos, denoiser } = settings;
  const { confidenceThreshold: threshold } = settings;
  const { parts, initialLogits, optimisedLogits, tokenStream, orderStream } = request;
  const { size, endIds } = denoiser.vocabulary;
  const committed: CommittedToken[] = [];
  let start = 0;
  for (const { trajectory, slots, first, rows, count, revealProbability, chosen } of parts) {
    const [from, to] = [start + first * size, start + (first + rows) * size];
    const distributions = rowDistributions({
      initialLogits: initialLogits.subarray(from, to),
      optimisedLogits: optimisedLogits.subarray(from, to),
      size,
      temperature,
      filters,
    });
    start += slots.length * size;
    const tokens = drawRows(rows, distributions, temperature, tokenStream(trajectory));
    const postponed = Uint8Array.from(tokens, (id) => (deprioritizeEos && endIds.includes(id) ? 1 : 0));
    const revealed =
      chosen ??
      order({
        rows,
        count,
        revealProbability,
        tokens,
        postponed,
        temperature: orderTemperature,
        random: orderStream(trajectory),
        ...distributions,
      });
    if (chosen === undefined) checkChosen(revealed, rows, count);
    const together =
      threshold === undefined
        ? revealed
        : addConfident(revealed, { threshold, tokens, postponed, initialProbs: distributions.initialProbs });
    for (const row of together.toSorted()) {
      committed.push({ trajectory, position: slots[first + row]!, tokenId: tokens[row]! });
    }
  }
  return committed;
};
