import type { ResponseMix } from '@entrgi/core';
import { type LeadingFeeds, selectLeading } from '../graph/leading-graph.js';

/**
 * Fewest new tokens to go on for. A run reads all the weights, which takes as long as the arithmetic of some tokens, whereas each later evaluation is
 * spared forward and backward of the tokens: from a few tokens on it pays within one denoising step of three evaluations.
 */
const LEAP = 8;

export interface LeadingTokensOptions {
  /** Response length in tokens. */
  readonly length: number;
  /** What is kept where nothing leads. */
  none(trajectories: number): LeadingFeeds;
  /** What is kept of `leading` and of the tokens after them, shape [trajectories, …]. */
  extend(
    leading: LeadingFeeds,
    tokenIds: Int32Array,
    trajectories: number,
    signal: AbortSignal | undefined,
  ): Promise<LeadingFeeds>;
}

/** What a network keeps of the tokens that are settled at the beginning of every response of a batch. */
export interface LeadingTokens {
  /** How many tokens of each response are kept, fewer than there are; and what is kept of them. */
  of(mix: ResponseMix): Promise<{ count: number; feeds: LeadingFeeds }>;
}

/**
 * Keeps the beginnings of responses from one mix to the next. What is kept is found by its tokens, so that it is right whatever the mixes are; it is
 * as long as the shortest settled beginning in the batch, so that one tensor holds it.
 */
export const leadingTokens = ({ length, none, extend }: LeadingTokensOptions): LeadingTokens => {
  let kept: { count: number; tokenIds: Int32Array; feeds: LeadingFeeds } | undefined;

  /** For each response the kept one that it agrees longest with, and how far all do. */
  const match = (mix: ResponseMix, settled: number): { sources: number[]; count: number } => {
    if (kept === undefined) return { sources: [], count: 0 };
    const { count: held, tokenIds } = kept;
    let count = Math.min(settled, held);
    const sources = Array.from({ length: mix.trajectories }, (_, k) => {
      let [source, longest] = [0, -1];
      for (let other = 0; other * held < tokenIds.length; other++) {
        let agreed = 0;
        while (agreed < count && mix.tokenIds[k * length + agreed] === tokenIds[other * held + agreed])
          agreed++;
        // Usually each is itself.
        if (agreed > longest || (agreed === longest && other === k)) [source, longest] = [other, agreed];
      }
      count = Math.min(count, longest);
      return source;
    });
    return { sources, count };
  };

  return {
    async of(mix) {
      const { trajectories, tokenIds } = mix;
      const settled = settledCount(mix, length);
      const { sources, count: found } = match(mix, settled);
      const isKept =
        kept !== undefined &&
        found === kept.count &&
        kept.tokenIds.length === trajectories * found &&
        sources.every((source, k) => source === k);
      const start =
        found === 0 ? none(trajectories) : isKept ? kept!.feeds : selectLeading(kept!.feeds, sources, found);
      const count = settled - found < LEAP ? found : settled;
      if (isKept && count === found) return { count, feeds: start };
      const columns = (from: number, to: number) =>
        Int32Array.from({ length: trajectories * (to - from) }, (_, i) => {
          const width = to - from;
          return tokenIds[Math.floor(i / width) * length + from + (i % width)]!;
        });
      const feeds =
        count === found ? start : await extend(start, columns(found, count), trajectories, mix.signal);
      kept = count === 0 ? undefined : { count, tokenIds: columns(0, count), feeds };
      return { count, feeds };
    },
  };
};

/** How many tokens every response begins with that are neither mixtures nor hidden; one is left, as no graph takes an empty response. */
const settledCount = ({ trajectories, attention, rows }: ResponseMix, length: number): number => {
  let settled = length - 1;
  for (const slot of rows) settled = Math.min(settled, slot % length);
  for (let slot = 0; slot < trajectories * length; slot++) {
    if (attention[slot] === 0) settled = Math.min(settled, slot % length);
  }
  return settled;
};
