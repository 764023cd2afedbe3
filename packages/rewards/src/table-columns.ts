/**
 * Carries columns of a [rows, columns] matrix to rows of the reward model's embedding table and back. `map[column]` is the table row of
 * a column, −1 where the token has no embedding. Several columns may share a table row (tokens the reward model lacks).
 */
export interface TableColumns {
  /** Probabilities per table row: shares add up, those of tokens without an embedding drop out. Shape [rows, size]. */
  scatter(probs: Float32Array, rows: number): Float32Array;
  /** Scores per column: 0 for tokens without an embedding. Shape [rows, columns]. */
  gather(scores: Float32Array, rows: number): Float32Array;
}

export const tableColumns = (map: Int32Array, size: number): TableColumns => {
  const columns = map.length;
  if (columns === size && map.every((row, column) => row === column)) {
    return { scatter: (probs) => probs, gather: (scores) => scores };
  }
  return {
    scatter(probs, rows) {
      const spread = new Float32Array(rows * size);
      for (let r = 0; r < rows; r++) {
        for (let c = 0; c < columns; c++) {
          const row = map[c]!;
          if (row >= 0) spread[r * size + row]! += probs[r * columns + c]!;
        }
      }
      return spread;
    },
    gather(scores, rows) {
      const picked = new Float32Array(rows * columns);
      for (let r = 0; r < rows; r++) {
        for (let c = 0; c < columns; c++) {
          const row = map[c]!;
          if (row >= 0) picked[r * columns + c] = scores[r * size + row]!;
        }
      }
      return picked;
    },
  };
};
