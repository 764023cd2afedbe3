import type { RandomStream } from '../guidance/random-stream.js';

/** The masked rows of one trajectory, each with a token drawn for it, of which some are to be committed. */
export interface OrderRequest {
  /** Number of masked rows. */
  readonly rows: number;
  /** How many rows to commit, as the schedule says, or all of them in the last step. */
  readonly count: number;
  /**
   * 1 − s/t, the probability with which each row is revealed between noise levels t and s; 1 in the last
   * step.
   */
  readonly revealProbability: number;
  /** Place of the token drawn for each row in `probs` and `logits`, shape [rows]. */
  readonly places: Int32Array;
  /** 1 where the confidence counts as −∞ (a drawn end token that is to wait), shape [rows]. */
  readonly postponed: Uint8Array;
  /**
   * What the order's own `confidence` says of each row, where it has one; not asked of postponed rows. Shape
   * [rows].
   */
  readonly confidences?: Float64Array | undefined;
  /**
   * 0: take the most confident rows; above: draw rows from softmax(confidence / temperature) without
   * replacement.
   */
  readonly temperature: number;
  readonly random: RandomStream;
  /** For orders that bound what they commit together: nats. */
  readonly entropyBound: number;
  /**
   * Entropy in nats of softmax(φ/τ) of the denoiser's own logits at a row, unfiltered, over the whole
   * vocabulary.
   */
  initialEntropy(row: number): number;
  /**
   * Entropy in nats of softmax(φ/τ) of the optimized logits at a row, unfiltered, over the whole vocabulary.
   */
  optimizedEntropy(row: number): number;
  /** log Σ exp φ of the optimized logits at a row, over the whole vocabulary. */
  logSumExp(row: number): number;
  /** Probability of the drawn token in the distribution that it was drawn from. */
  probability(row: number): number;
  /** By how much the most probable token of that distribution is ahead of the second. */
  margin(row: number): number;
  /** Entropy of that distribution in nats. */
  filteredEntropy(row: number): number;
  /** Optimized logit of the drawn token. */
  logit(row: number): number;
  /**
   * Filtered softmax(φ/τ) of the optimized logits at a row: what the token was drawn from, shape
   * [candidates]: every token, or all that can matter. Valid until the next call.
   */
  probs(row: number): Float32Array;
  /** Optimized logits at a row, shape [candidates]. */
  logits(row: number): Float32Array;
}

/** What is known of a trajectory before its tokens are predicted. */
export type BlindOrderRequest = Pick<OrderRequest, 'rows' | 'count' | 'revealProbability' | 'random'>;

/**
 * Chooses which rows to commit: distinct row numbers, in any order. An order that looks at no token says
 * `blind: true`; it is then asked before the denoiser runs, so that a step in which it chooses nothing costs
 * nothing.
 */
export type Order =
  | (((request: OrderRequest) => Int32Array) & {
      readonly blind?: false;
      /**
       * Of orders that choose how many themselves, whatever is scheduled: `count` is then all rows, of which
       * they take some, and all where `revealProbability` is 1.
       */
      readonly varies?: true;
      /**
       * Of orders that go by one number a row: that number, as asked for row by row while tokens are drawn,
       * with the event loop turning in between.
       */
      readonly confidence?: (request: OrderRequest, row: number) => number;
      /**
       * Says that it never asks for `probs` or `logits`: where they are on a device, they may stay there.
       */
      readonly readsRows?: false;
    })
  | (((request: BlindOrderRequest) => Int32Array) & { readonly blind: true });
