import {
  type BlockAttention,
  type BlockRequest,
  type DenoiserBlock,
  InvalidArgumentError,
  type Session,
} from '@entrgi/core';
import { int64Tensor } from '@entrgi/onnx/internal';
import type { KeptShape } from '../cache/kept-tensors.js';
import { selectedPiece } from '../cache/piece.js';
import { blockOffset } from './block-offset.js';
import { nextTensors } from './causal-graph.js';
import { type BlockFeeds, checkBlock, denoiserBlock, pickedSequences } from './denoiser-block.js';
import { type FinishedBlocks, finishedBlocks, type TokensBefore } from './finished-blocks.js';

export interface CausalBlocksOptions {
  readonly name: string;
  readonly shifted: boolean;
  readonly shape: KeptShape;
  readonly attention: BlockAttention;
  /** Of the causal graph. */
  readonly session: Session;
}

/**
 * Opens blocks that see themselves and those before them. What is kept of finished blocks is handed on from
 * one block to the next for as long as somebody has the last: the next is found by its tokens, so that a
 * block of another prompt is as right, and only takes longer. Of a single sequence, a finished block is
 * computed together with the next, for few rows take as long as fewer.
 */
export const causalBlocks = ({ name, shifted, shape, attention, session }: CausalBlocksOptions) => {
  const { blockLength } = attention;
  let last: WeakRef<FinishedBlocks> | undefined;

  return async (request: BlockRequest): Promise<DenoiserBlock> => {
    checkBlock(name, request);
    const { tokenIds, batch, length, start, end, signal } = request;
    const offset = blockOffset(attention, request.promptLength);
    let finished = last?.deref();
    if (finished?.offset !== offset) {
      finished = finishedBlocks({ shape, blockLength, offset, session });
      last = new WeakRef(finished);
    }
    const from = finished.beginning(start);
    if (finished.beginning(end - 1) !== from) {
      throw new InvalidArgumentError(
        `${name}: expected tokens of one block of ${blockLength}, got ${start} to ${end}; a block begins at ${finished.beginning(end - 1)}.`,
        { value: [start, end] },
      );
    }
    const to = Math.min(Math.floor((start + offset) / blockLength + 1) * blockLength - offset, length);
    // Before what stands before it is kept: that would have to be cut back.
    const edge =
      shifted && start === from && from > 0
        ? await finished.lastLogits(tokenIds, batch, from, signal)
        : undefined;
    const keptBy = finished;
    const offsets = { offset: int64Tensor([1], [offset]) };
    const opened = tokenIds.slice();
    let before: TokensBefore | undefined;
    const kept = async (signal: AbortSignal | undefined) =>
      (before ??= await keptBy.before(opened, batch, from, signal));
    // The block before is finished and not kept: of a single sequence, the first run of this one computes both.
    let together = shifted ? undefined : await keptBy.allButLast(opened, batch, from, signal);
    if (together === undefined) await kept(signal);
    const all = Array.from({ length: batch }, (_, b) => b);
    const pick = pickedSequences((sequences) =>
      sequences.join() === all.join() ? before!.own : selectedPiece(before!.own, sequences),
    );
    return denoiserBlock({
      name,
      shifted,
      request,
      from,
      to,
      edge,
      async run(sequences, block, signal) {
        if (together !== undefined && sequences.length === 1) {
          const { count, past } = together;
          together = undefined;
          const feeds = {
            ...past.shared,
            ...past.own,
            ...behind(opened.subarray(count, from), count, block),
            ...offsets,
          };
          const fetches = ['logits', ...nextTensors.names(shape)];
          const outputs = await session.run(feeds, { signal, fetches });
          await keptBy.keep(opened, { start: count, end: from }, outputs);
          return outputs.logits!.data as Float32Array;
        }
        const { shared } = await kept(signal);
        const feeds = { ...shared, ...pick(sequences), ...block, ...offsets };
        const outputs = await session.run(feeds, { signal, fetches: ['logits'] });
        return outputs.logits!.data as Float32Array;
      },
    });
  };
};

/** What a block is fed, of one sequence, with tokens before it that begin at `start`. */
const behind = (before: Int32Array, start: number, { ids, positions }: BlockFeeds): BlockFeeds => {
  const [all, at] = [ids, positions].map(({ data }) => Array.from(data as BigInt64Array, Number)) as [
    number[],
    number[],
  ];
  return {
    ids: int64Tensor([1, before.length + all.length], [...before, ...all]),
    positions: int64Tensor(
      [at.length],
      at.map((position) => position + before.length),
    ),
    start: int64Tensor([1], [start]),
  };
};
