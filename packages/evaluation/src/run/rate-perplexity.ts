import type { Perplexity } from '@entrgi/transformers';
import type { JournalLine } from '../journal/journal-line.js';

/** A result with how surprising each response is to an autoregressive model. */
export const ratePerplexity = async (
  line: JournalLine,
  perplexity: Perplexity | undefined,
  signal?: AbortSignal | undefined,
): Promise<JournalLine> => {
  if (perplexity === undefined) return line;
  const rated = await perplexity.rate(
    line.trajectories.map(({ text }) => text),
    { signal },
  );
  const trajectories = line.trajectories.map((each, k) => ({ ...each, negativeLogLikelihood: rated[k]! }));
  return { ...line, trajectories };
};
