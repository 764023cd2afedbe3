import { InvalidArgumentError } from '@entrgi/core';
import type { JournalLine } from '../journal/journal-line.js';
import { promptOf } from '../report/summary/prompt-of.js';
import type { Track } from './track.js';

/** Which method is shown beside which: the first of these that there are, and the first guided one. */
const unguided = ['base', 'bon', 'bon-compute'];
const guided = ['entrgi', 'aps', 'expectation'];

/**
 * The best response to one of a journal's prompts, without guidance and with it.
 * @throws InvalidArgumentError where there is no such prompt, or no steps were noted
 */
export const tracksOfJournal = (lines: readonly JournalLine[], prompt: number, source: string): Track[] => {
  const prompts = [...new Set(lines.map(promptOf))];
  const own = lines.filter((line) => promptOf(line) === prompts[prompt] && line.steps !== undefined);
  if (own.length === 0) {
    throw new InvalidArgumentError(
      `${source}: expected a prompt ${prompt + 1} with steps, got ${prompts.length} prompts.`,
      {
        value: prompt,
        argument: 'prompt',
      },
    );
  }
  const pick = (names: readonly string[]) =>
    names.flatMap((name) => own.filter(({ method }) => method === name)).slice(0, 1);
  const picked = [...pick(unguided), ...pick(guided)];
  return (picked.length === 0 ? own.slice(0, 2) : picked).map(trackOf);
};

const trackOf = ({ method, top1, trajectories, steps }: JournalLine): Track => {
  const best = trajectories.findIndex(({ reward }) => reward === top1);
  const { tokens, committedAt } = steps!.trajectories[best]!;
  const length = steps!.rewards?.length ?? Math.max(...committedAt);
  return {
    title: `${method}, reward ${top1.toFixed(2)}`,
    steps: length,
    tokens,
    committedAt: committedAt.map((step) => (step === 0 ? length : step)),
    rewards: steps!.rewards ?? [],
  };
};
