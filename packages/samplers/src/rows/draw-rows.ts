import { argmax, type Draw, type Filter, type RowLogits, softmax } from '@entrgi/core';
import {
  applyFilters,
  atPlace,
  keepMostProbable,
  mostProbableKept,
  relaxedTemperature,
  rowEntropy,
  rowLogSumExp,
} from '@entrgi/core/internal';
import { negativeEntropy } from './negative-entropy.js';
import type { TrajectoryRows } from './trajectory-rows.js';

/** One trajectory's rows of logits, and the distributions that follow from them. */
export interface RowDistributions {
  readonly logits: RowLogits;
  /** Where the trajectory's rows begin in them. */
  readonly firstRow: number;
  readonly temperature: number;
  readonly filters: readonly Filter[];
  readonly drawFrom: Draw;
  /** What errors call a row. */
  placeOf(row: number): string;
}

/** A trajectory's rows as they follow from its logits. */
export const rowDistributions = (
  options: RowDistributions,
): Omit<TrajectoryRows, 'initialEntropy' | 'isSure' | 'logRatio'> => {
  const { firstRow, temperature, filters, drawFrom, placeOf } = options;
  const { offsets, values, tokenIds } = options.logits;
  const modeStays = keepMostProbable(filters);
  const rangeOf = (row: number) => [offsets[firstRow + row]!, offsets[firstRow + row + 1]!] as const;
  let scratch = new Float32Array(0);
  let filtered: { readonly row: number; readonly probs: Float32Array } | undefined;
  const logits = (row: number) => values.subarray(...rangeOf(row));
  /** Valid until the next call for another row. */
  const probs = (row: number): Float32Array => {
    if (filtered?.row === row) return filtered.probs;
    const own = logits(row);
    if (scratch.length < own.length) scratch = new Float32Array(own.length);
    const relaxed = softmax(
      own,
      own.length,
      relaxedTemperature(temperature),
      scratch.subarray(0, own.length),
    );
    atPlace(
      () => placeOf(row),
      () => applyFilters(filters, relaxed, tokenIds?.subarray(...rangeOf(row))),
    );
    filtered = { row, probs: relaxed };
    return relaxed;
  };
  return {
    logits,
    probs,
    optimizedEntropy: (row) =>
      rowEntropy(options.logits, firstRow + row, relaxedTemperature(temperature), 'tempered'),
    logSumExp: (row) => rowLogSumExp(options.logits, firstRow + row),
    probability: (row, place) => probs(row)[place]!,
    margin: (row) => marginOf(probs(row)),
    filteredEntropy: (row) => -negativeEntropy(probs(row)),
    logit: (row, place) => logits(row)[place]!,
    draw(row, random) {
      if (temperature > 0) return drawFrom(probs(row), random);
      const mode = argmax(logits(row));
      return modeStays ? mode : mostProbableKept(logits(row), 0, mode, probs(row));
    },
    tokenAt: (row, place) => (tokenIds === undefined ? place : tokenIds[rangeOf(row)[0] + place]!),
  };
};

/** By how much the largest is ahead of the second. */
const marginOf = (probs: Float32Array): number => {
  let first = 0;
  let second = 0;
  for (let place = 0; place < probs.length; place++) {
    const p = probs[place]!;
    if (p > first) {
      second = first;
      first = p;
    } else if (p > second) second = p;
  }
  return first - second;
};
