import {
  type BlockRequest,
  type DenoiserBlock,
  InvalidArgumentError,
  type Session,
  type Tensor,
} from '@entrgi/core';
import { int64Tensor } from '@entrgi/onnx/internal';

/** Sessions of the two block graphs, made when first needed. */
export interface BlockSessions {
  around(): Promise<Session>;
  block(): Promise<Session>;
  dispose(): Promise<void>;
}

/** Computes what a block sees of the tokens around it, and keeps it as long as the block. */
export const openBlock = async (
  sessions: BlockSessions,
  { name, shifted }: { readonly name: string; readonly shifted: boolean },
  { tokenIds, batch, length, start, end, signal }: BlockRequest,
): Promise<DenoiserBlock> => {
  if (!(Number.isInteger(start) && Number.isInteger(end) && 0 <= start && start < end && end <= length)) {
    throw new InvalidArgumentError(
      `${name}: expected a block within ${length} tokens, got ${start} to ${end}.`,
      {
        value: [start, end],
      },
    );
  }
  // The logits of a shifted network's first token stand one token before the block.
  const from = shifted ? Math.max(start - 1, 0) : start;
  const width = end - from;
  const session = await sessions.around();
  const feeds = {
    ids: int64Tensor([batch, length], tokenIds),
    start: int64Tensor([1], [from]),
    end: int64Tensor([1], [end]),
  };
  const around = await session.run(feeds, { signal });
  let selected: { key: string; feeds: Record<string, Tensor> } | undefined;
  const select = (sequences: readonly number[]): Record<string, Tensor> => {
    if (batch === 1) return around;
    const key = sequences.join();
    if (selected?.key !== key) selected = { key, feeds: rowsOf(around, sequences) };
    return selected.feeds;
  };

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
      ]);
      const at = positions.map((position) => {
        const place = start + (position % size);
        return Math.floor(position / size) * width + (shifted ? Math.max(place - 1, 0) : place) - from;
      });
      const outputs = await (await sessions.block()).run(
        {
          ...select(sequences),
          ids: int64Tensor([sequences.length, width], ids),
          positions: int64Tensor([at.length], at),
          start: int64Tensor([1], [from]),
        },
        { signal },
      );
      return outputs.logits!.data as Float32Array;
    },
  };
};

/** Some rows of every tensor, along the first axis. */
const rowsOf = (
  tensors: Readonly<Record<string, Tensor>>,
  rows: readonly number[],
): Record<string, Tensor<'float32'>> =>
  Object.fromEntries(
    Object.entries(tensors as Record<string, Tensor<'float32'>>).map(([name, { dims, data }]) => {
      const size = data.length / dims[0]!;
      const chosen = new Float32Array(rows.length * size);
      rows.forEach((row, i) => {
        chosen.set(data.subarray(row * size, (row + 1) * size), i * size);
      });
      return [name, { type: 'float32', dims: [rows.length, ...dims.slice(1)], data: chosen }];
    }),
  );
