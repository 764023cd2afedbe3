import {
  type GrowingCache,
  type GrowingCacheOptions,
  growingCache,
  joinedPiece,
  type Piece,
  selectedPiece,
} from '@entrgi/models/internal';
import type { MixedResponses } from './check-mix.js';

/**
 * Fewest new tokens to go on for. A run reads all the weights, which takes as long as the arithmetic of some
 * tokens, whereas each later evaluation is spared forward and backward of the tokens: from a few tokens on it
 * pays within one denoising step of three evaluations.
 */
const LEAP = 8;

/** What a network keeps of the tokens that are settled at the beginning of every response of a batch. */
export interface LeadingTokens {
  /** How many tokens of each response are kept, fewer than there are; and what is kept of them. */
  of(mix: MixedResponses): Promise<{ readonly count: number; readonly piece: Piece }>;
}

export interface LeadingTokensOptions extends Pick<GrowingCacheOptions, 'none' | 'extend'> {
  /**
   * What is kept of a token that stands before every response; each piece begins with it.
   * @default none
   */
  readonly before?: Piece | undefined;
  /**
   * Whether none is kept.
   * @default false
   */
  readonly keepsNone?: boolean;
}

/**
 * Keeps the beginnings of responses from one mix to the next, as long as the shortest settled beginning in
 * the batch.
 */
export const leadingTokens = ({
  none,
  extend,
  before,
  keepsNone = false,
}: LeadingTokensOptions): LeadingTokens => {
  const behind = (piece: Piece, trajectories: number): Piece =>
    before === undefined
      ? piece
      : joinedPiece(selectedPiece(before, new Array<number>(trajectories).fill(0)), piece);
  const cache: GrowingCache = growingCache({
    none,
    extend: (kept, tokenIds, trajectories, signal) =>
      extend(behind(kept, trajectories), tokenIds, trajectories, signal),
    leap: keepsNone ? Number.POSITIVE_INFINITY : LEAP,
  });
  return {
    async of(mix) {
      const { trajectories, tokenIds, signal } = mix;
      const length = tokenIds.length / trajectories;
      const settled = settledCount(mix, length);
      const tokens = tokenIds.filter((_, slot) => slot % length < settled);
      const { count, piece } = await cache.of(tokens, trajectories, signal);
      return { count, piece: behind(piece, trajectories) };
    },
  };
};

/**
 * How many tokens every response begins with that are neither mixtures nor hidden; one is left, as no graph
 * takes an empty response.
 */
const settledCount = ({ trajectories, attention, rows }: MixedResponses, length: number): number => {
  let settled = length - 1;
  for (const slot of rows) settled = Math.min(settled, slot % length);
  for (let slot = 0; slot < trajectories * length; slot++) {
    if (attention[slot] === 0) settled = Math.min(settled, slot % length);
  }
  return settled;
};
