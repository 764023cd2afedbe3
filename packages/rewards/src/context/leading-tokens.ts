import type { HeldMix } from '@entrgi/core';
import {
  type GrowingCache,
  type GrowingCacheOptions,
  growingCache,
  type Piece,
} from '@entrgi/models/internal';

/**
 * Fewest new tokens to go on for. A run reads all the weights, which takes as long as the arithmetic of some tokens, whereas each later evaluation is
 * spared forward and backward of the tokens: from a few tokens on it pays within one denoising step of three evaluations.
 */
const LEAP = 8;

/** What a network keeps of the tokens that are settled at the beginning of every response of a batch. */
export interface LeadingTokens {
  /** How many tokens of each response are kept, fewer than there are; and what is kept of them. */
  of(mix: HeldMix): Promise<{ readonly count: number; readonly piece: Piece }>;
}

/** Keeps the beginnings of responses from one mix to the next, as long as the shortest settled beginning in the batch. */
export const leadingTokens = (options: Pick<GrowingCacheOptions, 'none' | 'extend'>): LeadingTokens => {
  const cache: GrowingCache = growingCache({ ...options, leap: LEAP });
  return {
    of(mix) {
      const { trajectories, tokenIds, signal } = mix;
      const length = tokenIds.length / trajectories;
      const settled = settledCount(mix, length);
      const tokens = tokenIds.filter((_, slot) => slot % length < settled);
      return cache.of(tokens, trajectories, signal);
    },
  };
};

/** How many tokens every response begins with that are neither mixtures nor hidden; one is left, as no graph takes an empty response. */
const settledCount = ({ trajectories, attention, rows }: HeldMix, length: number): number => {
  let settled = length - 1;
  for (const slot of rows) settled = Math.min(settled, slot % length);
  for (let slot = 0; slot < trajectories * length; slot++) {
    if (attention[slot] === 0) settled = Math.min(settled, slot % length);
  }
  return settled;
};
