import type { JournalLine } from '../../journal/journal-line.js';
import { type Estimate, estimateOver, meanOf } from './statistics.js';

/**
 * The perplexity of all responses, its error over the given units; undefined where not every result has one.
 * Texts without tokens have no part in it.
 */
export const perplexityOf = (
  lines: readonly JournalLine[],
  unitOf: (line: JournalLine) => unknown,
): Estimate | undefined => {
  const isRated = lines.every(({ trajectories }) =>
    trajectories.every(({ negativeLogLikelihood }) => negativeLogLikelihood !== undefined),
  );
  if (!isRated) return undefined;
  const rated = lines.flatMap((line) => {
    const nats = line.trajectories.flatMap(({ negativeLogLikelihood }) => negativeLogLikelihood ?? []);
    return nats.length === 0 ? [] : [{ line, nats: meanOf(nats) }];
  });
  if (rated.length === 0) return undefined;
  const { mean, error } = estimateOver(
    rated,
    ({ line }) => unitOf(line),
    ({ nats }) => nats,
  );
  const perplexity = Math.exp(mean);
  return { mean: perplexity, error: error === null ? null : perplexity * error };
};
