import type { JournalLine } from '../../journal/journal-line.js';
import { type Estimate, estimateOver, meanOf } from './statistics.js';

/**
 * The perplexity of all responses, over seeds; undefined where not every result has one. Texts without tokens
 * have no part in it.
 */
export const perplexityOf = (lines: readonly JournalLine[]): Estimate | undefined => {
  const isRated = lines.every(({ trajectories }) =>
    trajectories.every(({ negativeLogLikelihood }) => negativeLogLikelihood !== undefined),
  );
  if (!isRated) return undefined;
  const rated = lines.flatMap(({ seed, trajectories }) => {
    const nats = trajectories.flatMap(({ negativeLogLikelihood }) => negativeLogLikelihood ?? []);
    return nats.length === 0 ? [] : [{ seed, nats: meanOf(nats) }];
  });
  if (rated.length === 0) return undefined;
  const { mean, error } = estimateOver(
    rated,
    ({ seed }) => seed,
    ({ nats }) => nats,
  );
  const perplexity = Math.exp(mean);
  return { mean: perplexity, error: error === null ? null : perplexity * error };
};
