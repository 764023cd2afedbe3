import type { RowLogits } from './contracts/row-logits.js';

/** How rows of candidates become the matrix of probabilities that a reward reads, and its scores become rows again. */
export interface MixColumns {
  /** Tokens of the columns; undefined: every token. */
  readonly candidates: Int32Array | undefined;
  /** Shape [rows, columns]; valid until the next call. */
  spread(probs: Float32Array): Float32Array;
  /** Laid out as the logits are. */
  gather(tokenScores: Float32Array): Float32Array;
}

/** Columns are the union of the rows' candidates, or every token where the union is most of them anyway. */
export const mixColumns = ({ size, offsets, tokenIds }: RowLogits): MixColumns => {
  if (tokenIds === undefined) {
    return { candidates: undefined, spread: (probs) => probs, gather: (scores) => scores };
  }
  const column = new Int32Array(size);
  for (const id of tokenIds) column[id] = 1;
  let width = 0;
  for (let id = 0; id < size; id++) if (column[id] === 1) column[id] = width++;
  let candidates: Int32Array | undefined;
  if (width <= size / 2) {
    candidates = new Int32Array(width);
    for (const id of tokenIds) candidates[column[id]!] = id;
  } else {
    width = size;
    for (let id = 0; id < size; id++) column[id] = id;
  }
  const rows = offsets.length - 1;
  const places = new Int32Array(tokenIds.length);
  for (let row = 0; row < rows; row++) {
    for (let i = offsets[row]!; i < offsets[row + 1]!; i++) places[i] = row * width + column[tokenIds[i]!]!;
  }
  // Every call writes to the same places: the rest stays 0.
  const matrix = new Float32Array(rows * width);
  const gathered = new Float32Array(tokenIds.length);
  return {
    candidates,
    spread(probs) {
      for (let i = 0; i < places.length; i++) matrix[places[i]!] = probs[i]!;
      return matrix;
    },
    gather(tokenScores) {
      for (let i = 0; i < places.length; i++) gathered[i] = tokenScores[places[i]!]!;
      return gathered;
    },
  };
};
