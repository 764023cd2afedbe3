import type { JournalLine } from '../journal/journal-line.js';
import type { Judge } from './judge.js';

/** A result with what the judge says of it: of every response, and of the one with the highest reward. */
export const judgeLine = async (
  line: JournalLine,
  judge: Judge | undefined,
  signal?: AbortSignal | undefined,
): Promise<JournalLine> => {
  if (judge === undefined) return line;
  const { prompt, trajectories, top1 } = line;
  const texts = trajectories.map(({ text }) => text);
  const scores = await judge.score(prompt, texts, { signal });
  const best = trajectories.findIndex(({ reward }) => reward === top1);
  const { cost, versions, steps, ...head } = line;
  return {
    ...head,
    trajectories: trajectories.map((each, k) => ({ ...each, judge: scores[k]! })),
    judge: scores[best]!,
    cost,
    versions,
    ...(steps === undefined ? {} : { steps }),
  };
};
