import type { FinishedTrajectory, PromptEndEvent } from '@entrgi/core';
import { summarize } from './best-of-n.js';
import type { CountedReward } from './counted-reward.js';
import type { StrategyEndEvent } from './strategy.js';

/**
 * Runs of the loop as one: their finished trajectories with the rewards of these, and what runs and rating
 * took together.
 */
export const ratedEnd = (
  runs: readonly PromptEndEvent[],
  trajectories: readonly FinishedTrajectory[],
  rewards: ArrayLike<number>,
  rated: Pick<CountedReward, 'passes' | 'ms'>,
): StrategyEndEvent => {
  const sum = (of: (run: PromptEndEvent) => number) => runs.reduce((total, run) => total + of(run), 0);
  const timings = {
    totalMs: sum((run) => run.timings.totalMs) + rated.ms(),
    denoiserMs: sum((run) => run.timings.denoiserMs),
    guidanceMs: sum((run) => run.timings.guidanceMs),
    rewardMs: sum((run) => run.timings.rewardMs) + rated.ms(),
    steps: sum((run) => run.timings.steps),
  };
  return {
    type: 'prompt-end',
    prompt: 0,
    trajectories,
    timings,
    cost: {
      seconds: timings.totalMs / 1000,
      denoiserPasses: sum((run) => run.cost.denoiserPasses),
      rewardPasses: sum((run) => run.cost.rewardPasses) + rated.passes(),
    },
    scores: summarize(
      trajectories.map(({ text }) => text),
      rewards,
    ),
  };
};
