import type { OrderRequest, RandomStream } from '@entrgi/core';

/** One trajectory's rows after guidance: what an order may ask of them, and what is drawn from them. */
export interface TrajectoryRows
  extends Pick<
    OrderRequest,
    'initialEntropy' | 'optimizedEntropy' | 'logSumExp' | 'margin' | 'filteredEntropy' | 'probs' | 'logits'
  > {
  /**
   * Place of a token in its row: drawn from the filtered distribution, or at temperature 0 the most probable
   * one that the filters keep.
   */
  draw(row: number, random: RandomStream): number;
  /** The token at a place of a row. */
  tokenAt(row: number, place: number): number;
  /** Probability of the token at a place in the filtered distribution. */
  probability(row: number, place: number): number;
  /** Optimized logit of the token at a place. */
  logit(row: number, place: number): number;
  /** Whether the denoiser itself gives the token at a place at least the threshold. */
  isSure(row: number, place: number): boolean;
  /** log of how much likelier the token at a place would be without guidance; 0 where nobody asks. */
  logRatio(row: number, place: number): number;
}
