/** Some rows, one after the other: from `from` up to (not with) `to`. */
export interface RowBlock {
  readonly from: number;
  readonly to: number;
}

/** What the slowest of the sums over a row's logits takes a few milliseconds for. */
const LARGEST = 2 ** 20;

/**
 * Rows in blocks of about a million logits, of one row at least: pieces of work between which the event loop
 * may turn.
 */
export const rowBlocks = (offsets: Int32Array, largest = LARGEST): RowBlock[] => {
  const blocks: RowBlock[] = [];
  let from = 0;
  for (let to = 1; to < offsets.length; to++) {
    if (to < offsets.length - 1 && offsets[to + 1]! - offsets[from]! <= largest) continue;
    blocks.push({ from, to });
    from = to;
  }
  return blocks;
};
