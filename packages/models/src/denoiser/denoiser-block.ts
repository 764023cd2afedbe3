import { type BlockRequest, type DenoiserBlock, InvalidArgumentError, type Tensor } from '@entrgi/core';
import { int64Tensor } from '@entrgi/onnx/internal';

export interface DenoiserBlockOptions {
  readonly name: string;
  /** Whether the logits that predict position l stand at l − 1 (those of the first position, at the first). */
  readonly shifted: boolean;
  readonly request: BlockRequest;
  /** The tokens that are computed with the block, from at or before its start to at or behind its end. */
  readonly from: number;
  readonly to: number;
  /** Logits at `positions` of the tokens `ids`, [sequences, to − from], that begin at `start`, of some of the sequences that the block was opened with. */
  run(
    sequences: readonly number[],
    feeds: Readonly<Record<'ids' | 'positions' | 'start', Tensor>>,
    signal: AbortSignal | undefined,
  ): Promise<Float32Array>;
}

/** A block as its denoiser computes it: what is asked of it by place in the block becomes what a graph is fed. */
export const denoiserBlock = (options: DenoiserBlockOptions): DenoiserBlock => {
  const { name, shifted, from, to, run } = options;
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
      const at = positions.map((position) => {
        const place = start + (position % size);
        return Math.floor(position / size) * width + (shifted ? Math.max(place - 1, 0) : place) - from;
      });
      const feeds = {
        ids: int64Tensor([sequences.length, width], ids),
        positions: int64Tensor([at.length], at),
        start: int64Tensor([1], [from]),
      };
      return run(sequences, feeds, signal);
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
