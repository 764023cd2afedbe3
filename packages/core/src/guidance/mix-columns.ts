import { nextTurn, turnIsDue } from '../async/event-loop.js';
import type { RowLogits } from '../contracts/guidance/row-logits.js';
import { type RowBlock, rowBlocks } from './row-blocks.js';

/** Which tokens a reward is asked about: one column of its matrices each. */
export interface MixTokens {
  /** Tokens of the columns; undefined: every token. */
  readonly candidates: Int32Array | undefined;
  /** How many columns there are. */
  readonly width: number;
  /** Column of each token that is a candidate of some row, shape [size]; undefined: its id. */
  readonly column: Int32Array | undefined;
}

/** The union of the rows' candidates, or every token where the union is most of them anyway. */
export const mixTokens = async (
  { size, offsets, tokenIds }: RowLogits,
  signal: AbortSignal | undefined,
): Promise<MixTokens> => {
  if (tokenIds === undefined) return { candidates: undefined, width: size, column: undefined };
  const column = new Int32Array(size);
  for (const { from, to } of rowBlocks(offsets)) {
    for (let i = offsets[from]!; i < offsets[to]!; i++) column[tokenIds[i]!] = 1;
    if (turnIsDue()) await nextTurn(signal);
  }
  let width = 0;
  for (let id = 0; id < size; id++) if (column[id] === 1) width++;
  if (width > size / 2) return { candidates: undefined, width: size, column: undefined };
  const candidates = new Int32Array(width);
  let next = 0;
  for (let id = 0; id < size; id++) {
    if (column[id] === 0) continue;
    candidates[next] = id;
    column[id] = next++;
  }
  return { candidates, width, column };
};

/**
 * How rows of candidates become the matrix of probabilities that a reward reads, and its scores become rows
 * again.
 */
export interface MixColumns {
  readonly candidates: Int32Array | undefined;
  /** What the reward reads, shape [rows, columns]. */
  readonly matrix: Float32Array;
  /** Writes the probabilities of some rows to the matrix. */
  spread(block: RowBlock): void;
  /**
   * Scores laid out as the logits are: where `gather` writes them to, or `tokenScores` themselves, in whose
   * place the gradient may be.
   */
  scores(tokenScores: Float32Array): Float32Array;
  gather(tokenScores: Float32Array, block: RowBlock): void;
}

/** Of rows whose probabilities lie in `probs`, laid out as the logits are. */
export const mixColumns = (
  { offsets, tokenIds }: RowLogits,
  { candidates, width, column }: MixTokens,
  probs: Float32Array,
): MixColumns => {
  if (tokenIds === undefined) {
    return { candidates, matrix: probs, spread() {}, scores: (tokenScores) => tokenScores, gather() {} };
  }
  const rows = offsets.length - 1;
  // Every call writes to the same places: the rest stays 0.
  const matrix = new Float32Array(rows * width);
  const gathered = new Float32Array(probs.length);
  const columns = column ?? Int32Array.from({ length: width }, (_, id) => id);
  return {
    candidates,
    matrix,
    spread({ from, to }) {
      for (let row = from; row < to; row++) {
        const start = row * width;
        for (let i = offsets[row]!; i < offsets[row + 1]!; i++)
          matrix[start + columns[tokenIds[i]!]!] = probs[i]!;
      }
    },
    scores: () => gathered,
    gather(tokenScores, { from, to }) {
      for (let row = from; row < to; row++) {
        const start = row * width;
        for (let i = offsets[row]!; i < offsets[row + 1]!; i++) {
          gathered[i] = tokenScores[start + columns[tokenIds[i]!]!]!;
        }
      }
    },
  };
};
