import { type BlockRequest, type DenoiserBlock, InvalidArgumentError, type Tensor } from '@entrgi/core';
import { int64Tensor } from '@entrgi/onnx/internal';

/** What a block's graph is fed of its tokens: see `run`. */
export type BlockFeeds = Readonly<Record<'ids' | 'positions' | 'start', Tensor>>;

export interface DenoiserBlockOptions {
  readonly name: string;
  /**
   * Whether the logits that predict position l stand at l − 1 (those of the first position, at the first).
   */
  readonly shifted: boolean;
  readonly request: BlockRequest;
  /** The tokens that are computed with the block, from at or before its start to at or behind its end. */
  readonly from: number;
  readonly to: number;
  /**
   * Of each sequence, the logits at the token before `from`, [batch, vocabulary], where those of a shifted
   * network's first token stand there.
   */
  readonly edge?: Float32Array | undefined;
  /**
   * Logits at `positions` of the tokens `ids`, [sequences, to − from], that begin at `start`, of some of the
   * sequences that the block was opened with.
   */
  run(
    sequences: readonly number[],
    feeds: BlockFeeds,
    signal: AbortSignal | undefined,
  ): Promise<Float32Array>;
}

/**
 * A block as its denoiser computes it: what is asked of it by place in the block becomes what a graph is fed.
 */
export const denoiserBlock = (options: DenoiserBlockOptions): DenoiserBlock => {
  const { name, shifted, from, to, edge, run } = options;
  const { tokenIds, batch, length, start, end } = options.request;
  const width = to - from;
  return {
    async logits({ sequences, tokenIds: block, positions, signal }) {
      const size = end - start;
      const strange = sequences.find((sequence) => !(sequence >= 0 && sequence < batch));
      if (strange !== undefined || block.length !== sequences.length * size) {
        throw new InvalidArgumentError(
          `${name}: expected ${size} tokens for each of some of ${batch} sequences, got ${block.length} for ${sequences.join(', ')}.`,
          { value: sequences },
        );
      }
      if (positions.length === 0) return new Float32Array(0);
      const ids = sequences.flatMap((sequence, b) => [
        ...tokenIds.subarray(sequence * length + from, sequence * length + start),
        ...block.subarray(b * size, (b + 1) * size),
        ...tokenIds.subarray(sequence * length + end, sequence * length + to),
      ]);
      const at = Array.from(positions, (position) => {
        const place = start + (position % size);
        return Math.floor(position / size) * width + (shifted ? Math.max(place - 1, 0) : place) - from;
      });
      // One before the first token is before those that are computed: its place is that of the last of the sequence before, or −1.
      const isEdge = positions.map((position) => Number(edge !== undefined && position % size === 0));
      const inside = at.filter((_, row) => isEdge[row] === 0);
      const feeds = {
        ids: int64Tensor([sequences.length, width], ids),
        positions: int64Tensor([inside.length], inside),
        start: int64Tensor([1], [from]),
      };
      const logits = inside.length === 0 ? new Float32Array(0) : await run(sequences, feeds, signal);
      if (edge === undefined || inside.length === at.length) return logits;
      const columns = edge.length / batch;
      const all = new Float32Array(at.length * columns);
      let next = 0;
      positions.forEach((position, row) => {
        const sequence = sequences[Math.floor(position / size)]!;
        const own =
          isEdge[row] === 1 ? edge.subarray(sequence * columns, (sequence + 1) * columns) : undefined;
        all.set(own ?? logits.subarray(next * columns, (next + 1) * columns), row * columns);
        if (own === undefined) next++;
      });
      return all;
    },
  };
};

/** What is kept of some of the sequences: picked once for as long as they stay the same. */
export const pickedSequences = <Kept>(pick: (sequences: readonly number[]) => Kept) => {
  let picked: { readonly key: string; readonly kept: Kept } | undefined;
  return (sequences: readonly number[]): Kept => {
    const key = sequences.join();
    if (picked?.key !== key) picked = { key, kept: pick(sequences) };
    return picked.kept;
  };
};

/** Throws InvalidArgumentError for what is no block of the sequences. */
export const checkBlock = (name: string, { length, start, end }: BlockRequest): void => {
  if (Number.isInteger(start) && Number.isInteger(end) && 0 <= start && start < end && end <= length) return;
  throw new InvalidArgumentError(
    `${name}: expected a block within ${length} tokens, got ${start} to ${end}.`,
    { value: [start, end] },
  );
};
