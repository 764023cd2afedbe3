import { argmax, drawToken, type Filter, type RandomStream, relaxedTemperature, softmax } from '@entrgi/core';

/** One trajectory's rows of logits, and the distributions that follow from them. */
export interface RowDistributions {
  /** The denoiser's and the optimised logits of the trajectory's rows, shape [rows, size]. */
  readonly initialLogits: Float32Array;
  readonly optimisedLogits: Float32Array;
  readonly size: number;
  readonly temperature: number;
  readonly filters: readonly Filter[];
}

/** What an order may look at; each result is valid until the next call. */
export const rowDistributions = ({
  initialLogits,
  optimisedLogits,
  size,
  temperature,
  filters,
}: RowDistributions) => {
  const scratch = new Float32Array(size);
  const relaxed = relaxedTemperature(temperature);
  const logits = (row: number) => optimisedLogits.subarray(row * size, (row + 1) * size);
  return {
    logits,
    initialProbs: (row: number) =>
      softmax(initialLogits.subarray(row * size, (row + 1) * size), size, relaxed, scratch),
    probs: (row: number) => {
      softmax(logits(row), size, relaxed, scratch);
      for (const filter of filters) filter(scratch);
      return scratch;
    },
  };
};

/** A token for every row: drawn from the filtered distribution, or the most probable one at temperature 0. */
export const drawRows = (
  rows: number,
  { logits, probs }: Pick<ReturnType<typeof rowDistributions>, 'logits' | 'probs'>,
  temperature: number,
  random: RandomStream,
): Int32Array =>
  Int32Array.from({ length: rows }, (_, row) =>
    temperature === 0 ? argmax(logits(row)) : drawToken(probs(row), random),
  );
