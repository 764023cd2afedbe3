import {
  argmax,
  drawToken,
  type Filter,
  type RandomStream,
  type RowLogits,
  relaxedTemperature,
  rowEntropy,
  softmax,
} from '@entrgi/core';

/** One trajectory's rows of logits, and the distributions that follow from them. */
export interface RowDistributions {
  /** The denoiser's and the optimised logits: rows of the same tokens. */
  readonly initialLogits: RowLogits;
  readonly optimisedLogits: RowLogits;
  /** Where the trajectory's rows begin in them. */
  readonly firstRow: number;
  readonly temperature: number;
  readonly filters: readonly Filter[];
}

/** What an order may look at; each result is valid until the next call. */
export const rowDistributions = (options: RowDistributions) => {
  const { initialLogits, optimisedLogits, firstRow, temperature, filters } = options;
  const { values, offsets, tokenIds } = optimisedLogits;
  const relaxed = relaxedTemperature(temperature);
  let scratch = new Float32Array(0);
  const logits = (row: number) => values.subarray(offsets[firstRow + row]!, offsets[firstRow + row + 1]!);
  return {
    logits,
    initialEntropy: (row: number) => rowEntropy(initialLogits, firstRow + row, relaxed, 'tempered'),
    probs: (row: number) => {
      const { length } = logits(row);
      if (scratch.length < length) scratch = new Float32Array(length);
      const probs = softmax(logits(row), length, relaxed, scratch.subarray(0, length));
      for (const filter of filters) filter(probs);
      return probs;
    },
    /** The token at a place of these rows. */
    tokenAt: (row: number, place: number) =>
      tokenIds === undefined ? place : tokenIds[offsets[firstRow + row]! + place]!,
  };
};

/** A token for every row, by its place: drawn from the filtered distribution, or the most probable one at temperature 0. */
export const drawRows = (
  rows: number,
  { logits, probs }: Pick<ReturnType<typeof rowDistributions>, 'logits' | 'probs'>,
  temperature: number,
  random: RandomStream,
): Int32Array =>
  Int32Array.from({ length: rows }, (_, row) =>
    temperature === 0 ? argmax(logits(row)) : drawToken(probs(row), random),
  );
