import type { BlockAttention } from '@entrgi/core';

/**
 * How many tokens the first block of a sequence lacks; `promptLength` counts where blocks are counted from
 * the response.
 */
export const blockOffset = (
  { blockLength, countedFrom }: BlockAttention,
  promptLength: number | undefined,
): number => (countedFrom === 'sequence' ? 0 : (blockLength - (promptLength! % blockLength)) % blockLength);
