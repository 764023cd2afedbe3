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
import { checkBlock, denoiserBlock, pickedSequences } from './denoiser-block.js';
import { type FinishedBlocks, finishedBlocks } from './finished-blocks.js';

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
 * block of another prompt is as right, and only takes longer.
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
    const { shared, own } = await finished.before(tokenIds, batch, from, signal);
    const all = Array.from({ length: batch }, (_, b) => b);
    const pick = pickedSequences((sequences) =>
      sequences.join() === all.join() ? own : selectedPiece(own, sequences),
    );
    const keptBy = finished;
    return denoiserBlock({
      name,
      shifted,
      request,
      from,
      to,
      edge,
      async run(sequences, block, signal) {
        const feeds = { ...shared, ...pick(sequences), ...block, offset: int64Tensor([1], [keptBy.offset]) };
        const outputs = await session.run(feeds, { signal, fetches: ['logits'] });
        return outputs.logits!.data as Float32Array;
      },
    });
  };
};
