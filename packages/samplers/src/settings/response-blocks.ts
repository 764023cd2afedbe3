import type { BlockAttention } from '@entrgi/core';

/** Slots of a response that are filled before those behind them: from `from` up to, not with, `to`. */
export interface ResponseBlock {
  readonly from: number;
  readonly to: number;
}

export interface ResponseBlocksOptions {
  /** Slots of the response. */
  readonly length: number;
  readonly blockLength: number;
  readonly promptLength: number;
  /** How the denoiser counts blocks, which `blockLength` divides, where its tokens see no later one. */
  readonly attention: BlockAttention | undefined;
}

/**
 * The blocks of a response in order. The first and the last are shorter where the denoiser counts from the
 * prompt's beginning, and where they do not come out even.
 */
export const responseBlocks = ({
  length,
  blockLength,
  promptLength,
  attention,
}: ResponseBlocksOptions): ResponseBlock[] => {
  const before = attention?.countedFrom === 'sequence' ? promptLength % blockLength : 0;
  const count = Math.ceil((before + length) / blockLength);
  return Array.from({ length: count }, (_, block) => ({
    from: Math.max(block * blockLength - before, 0),
    to: Math.min((block + 1) * blockLength - before, length),
  }));
};
