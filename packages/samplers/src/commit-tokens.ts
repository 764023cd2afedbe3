import type { CommittedToken, RandomStream, RowLogits } from '@entrgi/core';
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

/** Draws a token for every masked slot and lets the order choose which ones stay. */
export const commitTokens = (settings: SampleSettings, request: CommitRequest): CommittedToken[] => {
  const { order, orderTemperature, temperature, filters, deprioritizeEos, denoiser } = settings;
  const { parts, initialLogits, optimisedLogits, tokenStream, orderStream } = request;
  const { endIds } = denoiser.vocabulary;
  const committed: CommittedToken[] = [];
  let firstRow = 0;
  for (const { trajectory, slots, count, revealProbability, chosen } of parts) {
    const rows = slots.length;
    const { tokenAt, ...distributions } = rowDistributions({
      initialLogits,
      optimisedLogits,
      firstRow,
      temperature,
      filters,
    });
    firstRow += rows;
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
    for (const row of revealed.toSorted()) {
      committed.push({ trajectory, position: slots[row]!, tokenId: tokens[row]! });
    }
  }
  return committed;
};
