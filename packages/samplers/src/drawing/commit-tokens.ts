import { type CommittedToken, nextTurn, type RandomStream, turnIsDue } from '@entrgi/core';
import { addConfident } from '../confidence/add-confident.js';
import { checkChosen } from '../rows/check-chosen.js';
import type { MaskedRows } from '../rows/masked-rows.js';
import type { TrajectoryRows } from '../rows/trajectory-rows.js';
import type { SampleSettings } from '../settings/sample-settings.js';

export interface CommitRequest {
  readonly parts: readonly MaskedRows[];
  /** A trajectory's rows of the current block, of which the first is `firstRow` of all. */
  rowsOf(part: MaskedRows, firstRow: number): TrajectoryRows;
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
  const { order, orderTemperature, deprioritizeEos, denoiser, signal } = settings;
  const { confidenceThreshold: threshold, remasking, entropyBound } = settings;
  const { parts, rowsOf, tokenStream, orderStream } = request;
  const { endIds } = denoiser.vocabulary;
  const confidence = order.blind === true ? undefined : order.confidence;
  const committed: Commitment[] = [];
  let start = 0;
  for (const part of parts) {
    const { trajectory, slots, first, rows, count, revealProbability, chosen } = part;
    const { draw, tokenAt, isSure, logRatio, ...numbers } = rowsOf(part, start + first);
    start += slots.length;
    const tokens = new Int32Array(rows);
    const places = new Int32Array(rows);
    const asked = {
      ...numbers,
      rows,
      count,
      revealProbability,
      places,
      postponed: new Uint8Array(rows),
      confidences: confidence && new Float64Array(rows),
      temperature: orderTemperature,
      entropyBound,
      random: orderStream(trajectory),
      probability: (row: number) => numbers.probability(row, places[row]!),
      logit: (row: number) => numbers.logit(row, places[row]!),
    };
    const random = tokenStream(trajectory);
    for (let row = 0; row < rows; row++) {
      places[row] = draw(row, random);
      tokens[row] = tokenAt(row, places[row]!);
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
      threshold === undefined || count === 0 ? revealed : addConfident(revealed, { ...asked, isSure });
    for (const row of together.toSorted()) {
      committed.push({
        trajectory,
        position: slots[first + row]!,
        tokenId: tokens[row]!,
        probability: remasking === undefined ? Number.NaN : asked.probability(row),
        logRatio: logRatio(row, places[row]!),
      });
      if (turnIsDue()) await nextTurn(signal);
    }
  }
  return committed;
};
