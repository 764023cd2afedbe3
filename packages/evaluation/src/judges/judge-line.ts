import { InvalidArgumentError, NumericalError, type Prompt } from '@entrgi/core';
import type { JournalLine } from '../journal/journal-line.js';
import type { Judge } from './judge.js';

/**
 * A result with what the judge says of it: of every response, and of the one with the highest reward.
 * @throws as scoresOf does
 */
export const judgeLine = async (
  line: JournalLine,
  judge: Judge | undefined,
  signal?: AbortSignal | undefined,
): Promise<JournalLine> => {
  if (judge === undefined) return line;
  const { prompt, trajectories, top1 } = line;
  const texts = trajectories.map(({ text }) => text);
  const scores = await scoresOf(judge, prompt, texts, signal);
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

/**
 * What a judge, perhaps a caller's own, says of responses.
 * @throws InvalidArgumentError where that is not a list of as many numbers, NumericalError where one is not
 *   finite, both naming the judge and the prompt
 */
export const scoresOf = async (
  judge: Judge,
  prompt: Prompt,
  responses: readonly string[],
  signal?: AbortSignal | undefined,
): Promise<readonly number[]> => {
  const said: unknown = await judge.score(prompt, responses, { signal });
  // A reward that judges says it in a Float64Array.
  const scores = ArrayBuffer.isView(said) && !(said instanceof DataView) ? [...(said as Float64Array)] : said;
  const where = `Judge '${judge.name}', prompt ${JSON.stringify(prompt)}`;
  const details = { value: scores, hint: 'Correct its `score`, or judge without it.' };
  const expected = `expected a list of ${responses.length} number${responses.length === 1 ? '' : 's'}`;
  if (!Array.isArray(scores) || scores.length !== responses.length) {
    const got = Array.isArray(scores) ? `a list of ${scores.length}` : named(scores);
    throw new InvalidArgumentError(`${where}: ${expected}, got ${got}.`, details);
  }
  for (const score of scores) {
    if (typeof score !== 'number') {
      throw new InvalidArgumentError(`${where}: ${expected}, got ${named(score)} among them.`, details);
    }
    if (!Number.isFinite(score)) {
      throw new NumericalError(`${where}: expected finite scores, got ${score}.`, details);
    }
  }
  return scores;
};

const named = (value: unknown): string =>
  typeof value === 'string' ? `the text ${JSON.stringify(value)}` : value === null ? 'null' : typeof value;
