import { type CommittedToken, nextTurn, type RandomStream, type RowLogits, turnIsDue } from '@entrgi/core';
import { relaxedTemperature, rowEntropy, rowLogSumExp } from '@entrgi/core/internal';
import { addConfident } from '../confidence/add-confident.js';
import { checkChosen } from '../rows/check-chosen.js';
import { rowDistributions } from '../rows/draw-rows.js';
import type { InitialRows } from '../rows/initial-rows.js';
import type { MaskedRows } from '../rows/masked-rows.js';
import type { SampleSettings } from '../settings/sample-settings.js';

export interface CommitRequest {
  readonly parts: readonly MaskedRows[];
  /** What is known of the denoiser's own logits, for the rows of all parts. */
  readonly initial: InitialRows;
  /** The optimized logits of the same rows. */
  readonly logits: RowLogits;
  /** The same before guidance, where the two are to be compared. */
  readonly unguided: RowLogits | undefined;
  /** What errors call the place. */
  readonly prompt: number;
  readonly step: number;
  readonly tokenStream: (trajectory: number) => RandomStream;
  readonly orderStream: (trajectory: number) => RandomStream;
}

/** A position that was committed, and how likely that was. */
export interface Commitment extends CommittedToken {
  /** In the distribution that its token was drawn from; NaN where nobody asks. */
  readonly probability: number;
  /** The logarithm of how much likelier it would have been without guidance; 0 where nobody asks. */
  readonly logRatio: number;
}

/** Draws a token for every masked slot of the current block and lets the order choose which ones stay. */
export const commitTokens = async (
  settings: SampleSettings,
  request: CommitRequest,
): Promise<Commitment[]> => {
  const { order, orderTemperature, temperature, filters, deprioritizeEos, denoiser, signal } = settings;
  const { confidenceThreshold: threshold, draw: drawFrom, remasking, entropyBound } = settings;
  const { parts, initial, unguided, prompt, step, tokenStream, orderStream } = request;
  const { endIds } = denoiser.vocabulary;
  const confidence = order.blind === true ? undefined : order.confidence;
  const committed: Commitment[] = [];
  let start = 0;
  for (const { trajectory, slots, first, rows, count, revealProbability, chosen } of parts) {
    const firstRow = start + first;
    start += slots.length;
    const placeOf = (row: number) =>
      `Prompt ${prompt}, step ${step}, trajectory ${trajectory}, position ${slots[first + row]}`;
    const { draw, tokenAt, ...distributions } = rowDistributions({
      logits: request.logits,
      firstRow,
      temperature,
      filters,
      drawFrom,
      placeOf,
    });
    const tokens = new Int32Array(rows);
    const asked = {
      rows,
      count,
      revealProbability,
      places: new Int32Array(rows),
      postponed: new Uint8Array(rows),
      confidences: confidence && new Float64Array(rows),
      temperature: orderTemperature,
      entropyBound,
      random: orderStream(trajectory),
      initialEntropy: (row: number) => initial.entropy(firstRow + row),
      optimizedEntropy: (row: number) =>
        rowEntropy(request.logits, firstRow + row, relaxedTemperature(temperature), 'tempered'),
      logSumExp: (row: number) => rowLogSumExp(request.logits, firstRow + row),
      ...distributions,
    };
    const random = tokenStream(trajectory);
    for (let row = 0; row < rows; row++) {
      asked.places[row] = draw(row, random);
      tokens[row] = tokenAt(row, asked.places[row]!);
      asked.postponed[row] = deprioritizeEos && endIds.includes(tokens[row]!) ? 1 : 0;
      if (asked.confidences !== undefined && asked.postponed[row] === 0) {
        asked.confidences[row] = confidence!(asked, row);
      }
      if (turnIsDue()) await nextTurn(signal);
    }
    const revealed = chosen ?? order(asked);
    if (chosen === undefined) {
      const varies = order.blind !== true && order.varies === true && revealProbability < 1;
      checkChosen(revealed, rows, varies ? undefined : count);
    }
    // A step that schedules nothing does not look for what is sure either: it may be skipped.
    const together =
      threshold === undefined || count === 0
        ? revealed
        : addConfident(revealed, { ...asked, isSure: (row, place) => initial.isSure(firstRow + row, place) });
    const before =
      unguided && rowDistributions({ logits: unguided, firstRow, temperature, filters, drawFrom, placeOf });
    for (const row of together.toSorted()) {
      const place = asked.places[row]!;
      const asks = before !== undefined || remasking !== undefined;
      const probability = asks ? distributions.probs(row)[place]! : Number.NaN;
      committed.push({
        trajectory,
        position: slots[first + row]!,
        tokenId: tokens[row]!,
        probability,
        logRatio: before === undefined ? 0 : Math.log(before.probs(row)[place]!) - Math.log(probability),
      });
      if (turnIsDue()) await nextTurn(signal);
    }
  }
  return committed;
};
