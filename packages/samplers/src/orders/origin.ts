import type { BlindOrderRequest } from '@entrgi/core';

/**
 * Each row with probability 1 − s/t, whatever its tokens: the diffusion process itself. The number of rows
 * varies.
 */
export const origin = Object.assign(
  ({ rows, revealProbability, random }: BlindOrderRequest) =>
    Int32Array.from({ length: rows }, (_, row) => (random.uniform() < revealProbability ? row : -1)).filter(
      (row) => row >= 0,
    ),
  { blind: true } as const,
);
