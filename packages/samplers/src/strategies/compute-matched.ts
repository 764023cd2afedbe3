import { type Cost, type FinishedTrajectory, InvalidArgumentError, type PromptEndEvent } from '@entrgi/core';
import { requireObject, requirePositive } from '@entrgi/core/internal';
import { countedReward } from '../rating/counted-reward.js';
import { ratedEnd } from '../rating/rated-end.js';
import type { Strategy } from '../rating/strategy.js';
import { sample } from '../sample.js';

/**
 * What may be spent: network passes, of denoiser and reward together, which are the same on any machine, or
 * seconds on this one.
 */
export type Budget = { readonly passes: number } | { readonly seconds: number };

/** The passes that a cost comes to. */
export const passesOf = ({ denoiserPasses, rewardPasses }: Omit<Cost, 'seconds'>): number =>
  denoiserPasses + rewardPasses;

/**
 * Best-of-n by compute: as many independent trajectories as a budget buys, their rating included, such as the
 * measured cost of a guided run. After the first one, `trajectories` at a time, as long as those before cost
 * too little by as many; at least one.
 * @throws InvalidArgumentError for a budget that is none
 */
export const compute_matched = (budget: Budget): Strategy => {
  requireObject('budget', budget, 'an object with passes or seconds');
  const names = Object.keys(budget);
  if (names.length !== 1 || !['passes', 'seconds'].includes(names[0]!)) {
    throw new InvalidArgumentError(
      `budget: expected one of passes and seconds, got ${names.join(' and ') || 'neither'}.`,
      { value: budget, argument: 'budget' },
    );
  }
  const limit = 'passes' in budget ? budget.passes : budget.seconds;
  requirePositive(`budget.${names[0]}`, limit);
  return async function* ({ prompt, reward, ...options }) {
    const { trajectories: most = 4, firstTrajectory = 0, signal } = options;
    const rated = countedReward(reward, prompt, signal);
    const runs: PromptEndEvent[] = [];
    const finished: FinishedTrajectory[] = [];
    const rewards: number[] = [];
    const end = () => ratedEnd(runs, finished, rewards, rated);
    for (let count = 1; count > 0; ) {
      const first = firstTrajectory + finished.length;
      const run = sample({ ...options, prompts: [prompt], trajectories: count, firstTrajectory: first });
      for await (const event of run) {
        if (event.type === 'step-end') {
          yield event;
          continue;
        }
        runs.push(event);
        finished.push(...event.trajectories);
        rewards.push(...(await rated.score(event.trajectories.map(({ text }) => text))));
      }
      const { cost } = end();
      const spent = 'passes' in budget ? passesOf(cost) : cost.seconds;
      count = Math.min(most, Math.floor((limit - spent) / (spent / finished.length)));
    }
    yield end();
  };
};
