import type { BlockRequest, DenoiserBlock, Session } from '@entrgi/core';
import { int64Tensor } from '@entrgi/onnx/internal';
import { type Piece, selectedPiece } from '../cache/piece.js';
import { checkBlock, denoiserBlock, pickedSequences } from './denoiser-block.js';

/** Sessions of the two block graphs, made when first needed. */
export interface BlockSessions {
  around(): Promise<Session>;
  block(): Promise<Session>;
}

/** Computes what a block sees of the tokens around it, and keeps it as long as the block. */
export const openBlock = async (
  sessions: BlockSessions,
  { name, shifted }: { readonly name: string; readonly shifted: boolean },
  request: BlockRequest,
): Promise<DenoiserBlock> => {
  checkBlock(name, request);
  const { tokenIds, batch, length, start, end, signal } = request;
  // The logits of a shifted network's first token stand one token before the block.
  const from = shifted ? Math.max(start - 1, 0) : start;
  const session = await sessions.around();
  const feeds = {
    ids: int64Tensor([batch, length], tokenIds),
    start: int64Tensor([1], [from]),
    end: int64Tensor([1], [end]),
  };
  const around = (await session.run(feeds, { signal })) as Piece;
  // One for all sequences is not copied for each.
  const pick = batch === 1 ? () => around : pickedSequences((sequences) => selectedPiece(around, sequences));
  return denoiserBlock({
    name,
    shifted,
    request,
    from,
    to: end,
    async run(sequences, block, signal) {
      const outputs = await (await sessions.block()).run({ ...pick(sequences), ...block }, { signal });
      return outputs.logits!.data as Float32Array;
    },
  });
};
