import { NumericalError, type Prompt, type Reward } from '@entrgi/core';
import {
  type OptionNames,
  requireKnownOptions,
  requireReward,
  requireSignal,
  requireThat,
} from '@entrgi/core/internal';

/** Finished responses, and what rates them. */
export interface BestOfNOptions {
  readonly reward: Reward;
  readonly prompt: Prompt;
  /** The responses to choose from. */
  readonly texts: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

/** A response and its reward. */
export interface Scored {
  readonly text: string;
  readonly reward: number;
}

/** Responses with their rewards, and the summary that tables report. */
export interface BestOfN {
  /** In the order of `texts`. */
  readonly trajectories: readonly Scored[];
  /** The one with the highest reward, of equals the first. */
  readonly best: Scored;
  /** Highest reward (Top@1). */
  readonly top1: number;
  /** Mean reward (Avg@N). */
  readonly avg: number;
}

const optionNames: OptionNames<BestOfNOptions> = { reward: true, prompt: true, texts: true, signal: true };

/**
 * Scores finished responses and picks the best.
 * @throws InvalidArgumentError where there is none to pick or the reward gives another number of rewards,
 *   NumericalError where a reward is not finite
 */
export const bestOfN = async (options: BestOfNOptions): Promise<BestOfN> => {
  requireKnownOptions('bestOfN', options, optionNames);
  const { reward, prompt, texts, signal } = options;
  requireReward('reward', reward);
  requireThat('texts', texts, 'an array of responses', Array.isArray(texts));
  requireThat('texts', texts, 'at least one response', texts.length > 0);
  for (let i = 0; i < texts.length; i++) {
    requireThat(`texts[${i}]`, texts[i], 'a text', typeof texts[i] === 'string');
  }
  requireSignal('signal', signal);
  const rewards = await reward.score(prompt, texts, { signal });
  requireThat(
    `rewards of '${reward.name}'`,
    rewards?.length,
    `${texts.length}, one per response`,
    rewards?.length === texts.length,
  );
  rewards.forEach((value, i) => {
    if (Number.isFinite(value)) return;
    throw new NumericalError(
      `Reward '${reward.name}': expected a finite reward for response ${i}, got ${value}.`,
      {
        value: texts[i],
        hint: 'Check the weights of the reward model and their precision.',
      },
    );
  });
  return summarize(texts, rewards);
};

/** The summary of texts whose rewards are known and finite. */
export const summarize = (texts: readonly string[], rewards: ArrayLike<number>): BestOfN => {
  const trajectories = texts.map((text, i) => ({ text, reward: rewards[i]! }));
  const best = trajectories.reduce((leader, candidate) =>
    candidate.reward > leader.reward ? candidate : leader,
  );
  const { length } = trajectories;
  const sum = trajectories.reduce((total, { reward }) => total + reward, 0);
  // The sum may overflow where the mean does not.
  const avg = Number.isFinite(sum)
    ? sum / length
    : trajectories.reduce((mean, { reward }) => mean + reward / length, 0);
  return { trajectories, best, top1: best.reward, avg };
};
