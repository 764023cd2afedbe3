import type { CommittedToken, RandomStream, RowLogits } from '@entrgi/core';
import { addConfident } from './add-confident.js';
import { checkChosen } from './check-chosen.js';
import { drawRows, rowDistributions } from './draw-rows.js';
import type { MaskedRows } from './masked-rows.js';
import type { SampleSettings } from './sample-options.js';

export interface CommitRequest {
  readonly parts: readonly MaskedRows[];
  /** The denoiser's logits and the optimised ones, for the rows of all parts. */
  readonly initialLogits: RowLogits;
  readonly optimisedLogits: RowLogits;
  readonly tokenStream: (trajectory: number) => RandomStream;
  readonly orderStream: (trajectory: number) => RandomStream;
}

/** Draws a token for every masked slot of the current block and lets the order choose which ones stay. */
export const commitTokens = (settings: SampleSettings, request: CommitRequest): CommittedToken[] => {
  const { order, orderTemperature, temperature, filters, deprioritizeEos, denoiser } = settings;
  const { confidenceThreshold: threshold } = settings;
  const { parts, initialLogits, optimisedLogits, tokenStream, orderStream } = request;
  const { endIds } = denoiser.vocabulary;
  const committed: CommittedToken[] = [];
  let start = 0;
  for (const { trajectory, slots, first, rows, count, revealProbability, chosen } of parts) {
    const { tokenAt, initialProbs, ...distributions } = rowDistributions({
      initialLogits,
      optimisedLogits,
      firstRow: start + first,
      temperature,
      filters,
    });
    start += slots.length;
    const places = drawRows(rows, distributions, temperature, tokenStream(trajectory));
    const tokens = places.map((place, row) => tokenAt(row, place));
    const postponed = Uint8Array.from(tokens, (id) => (deprioritizeEos && endIds.includes(id) ? 1 : 0));
    const revealed =
      chosen ??
      order({
        rows,
        count,
        revealProbability,
        places,
        postponed,
        temperature: orderTemperature,
        random: orderStream(trajectory),
        ...distributions,
      });
    if (chosen === undefined) checkChosen(revealed, rows, count);
    // A step that schedules nothing does not look for what is sure either: it may be skipped.
    const together =
      threshold === undefined || count === 0
        ? revealed
        : addConfident(revealed, { threshold, places, postponed, initialProbs });
    for (const row of together.toSorted()) {
      committed.push({ trajectory, position: slots[first + row]!, tokenId: tokens[row]! });
    }
  }
  return committed;
};
