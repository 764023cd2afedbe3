import { nextTurn, turnIsDue } from '@entrgi/core';

/**
 * Carries columns of a [rows, columns] matrix to rows of the reward model's embedding table and back.
 * `map[column]` is the table row of a column, −1 where the token has no embedding. Several columns may share
 * a table row (tokens the reward model lacks). Row by row: the event loop turns in between.
 */
export interface TableColumns {
  /**
   * Probabilities per table row: shares add up, those of tokens without an embedding drop out. Shape [rows,
   * size].
   */
  scatter(probs: Float32Array, rows: number, signal?: AbortSignal | undefined): Promise<Float32Array>;
  /**
   * Scores per column: 0 for tokens without an embedding. Shape [rows, columns], in the memory of what was
   * scattered, which nobody reads any more.
   */
  gather(
    scores: Float32Array,
    rows: number,
    scattered: Float32Array,
    signal?: AbortSignal | undefined,
  ): Promise<Float32Array>;
}

export const tableColumns = (map: Int32Array, size: number): TableColumns => {
  const columns = map.length;
  if (columns === size && map.every((row, column) => row === column)) {
    return { scatter: async (probs) => probs, gather: async (scores) => scores };
  }
  return {
    async scatter(probs, rows, signal) {
      const spread = new Float32Array(rows * Math.max(size, columns)).subarray(0, rows * size);
      for (let r = 0; r < rows; r++) {
        for (let c = 0; c < columns; c++) {
          const row = map[c]!;
          if (row >= 0) spread[r * size + row]! += probs[r * columns + c]!;
        }
        if (turnIsDue()) await nextTurn(signal);
      }
      return spread;
    },
    async gather(scores, rows, scattered, signal) {
      const picked = new Float32Array(scattered.buffer, 0, rows * columns);
      for (let r = 0; r < rows; r++) {
        for (let c = 0; c < columns; c++) {
          const row = map[c]!;
          picked[r * columns + c] = row >= 0 ? scores[r * size + row]! : 0;
        }
        if (turnIsDue()) await nextTurn(signal);
      }
      return picked;
    },
  };
};
