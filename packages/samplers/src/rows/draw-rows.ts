import { argmax, type Draw, type Filter, type RandomStream, type RowLogits, softmax } from '@entrgi/core';
import {
  applyFilters,
  atPlace,
  keepMostProbable,
  mostProbableKept,
  relaxedTemperature,
} from '@entrgi/core/internal';

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

/** What an order may look at of the optimized logits, and what is drawn from them. */
export const rowDistributions = (options: RowDistributions) => {
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
    /**
     * Place of a token in its row: drawn from the filtered distribution, or at temperature 0 the most
     * probable one that the filters keep.
     */
    draw(row: number, random: RandomStream): number {
      if (temperature > 0) return drawFrom(probs(row), random);
      const mode = argmax(logits(row));
      return modeStays ? mode : mostProbableKept(logits(row), 0, mode, probs(row));
    },
    /** The token at a place of these rows. */
    tokenAt: (row: number, place: number) =>
      tokenIds === undefined ? place : tokenIds[rangeOf(row)[0] + place]!,
  };
};
