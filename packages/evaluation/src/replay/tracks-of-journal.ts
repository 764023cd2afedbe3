import { InvalidArgumentError } from '@entrgi/core';
import { canonicalJson } from '../journal/canonical-json.js';
import type { JournalLine } from '../journal/journal-line.js';
import { promptOf, promptText } from '../report/summary/prompt-of.js';
import { groupBy } from '../report/summary/statistics.js';
import { setupOf } from '../report/summary/summarize.js';
import type { Track } from './track.js';

/** Which method is shown beside which: of each list the first that there is. */
const unguided = ['base', 'bon', 'bon-compute'];
const guided = ['entrgi', 'aps', 'expectation'];

/**
 * The best response to one of a journal's prompts, without guidance and with it, by the same models and
 * settings, at the same temperature and with the same seed.
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
  const alike = [
    ...groupBy(own, (line) => canonicalJson([setupOf(line), line.temperature, line.seed])).values(),
  ];
  const pairs = alike.map((group) => [...pick(group, unguided), ...pick(group, guided)]);
  const whole = pairs.find(({ length }) => length === 2);
  const picked = whole ?? pairs.find(({ length }) => length === 1) ?? alike[0]!.slice(0, 2);
  return picked.map(trackOf);
};

const pick = (lines: readonly JournalLine[], names: readonly string[]): JournalLine[] =>
  names.flatMap((name) => lines.filter(({ method }) => method === name)).slice(0, 1);

const trackOf = ({ prompt, method, temperature, seed, top1, trajectories, steps }: JournalLine): Track => {
  const best = trajectories.findIndex(({ reward }) => reward === top1);
  const { tokens, committedAt } = steps!.trajectories[best]!;
  const length = steps!.rewards?.length ?? Math.max(...committedAt);
  return {
    title: `${method}, temperature ${temperature}, seed ${seed}, reward ${top1.toFixed(2)}`,
    prompt: promptText(prompt),
    steps: length,
    tokens,
    committedAt: committedAt.map((step) => (step === 0 ? length : step)),
    rewards: steps!.rewards ?? [],
  };
};
