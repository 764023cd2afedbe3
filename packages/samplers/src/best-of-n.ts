import { type Prompt, type Reward, requireThat } from '@entrgi/core';

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

/** Scores finished responses and picks the best. Throws InvalidArgumentError where there is none to pick. */
export const bestOfN = async ({ reward, prompt, texts, signal }: BestOfNOptions): Promise<BestOfN> => {
  requireThat('texts', texts, 'at least one response', texts.length > 0);
  const rewards = await reward.score(prompt, texts, { signal });
  const trajectories = texts.map((text, i) => ({ text, reward: rewards[i]! }));
  const best = trajectories.reduce((leader, candidate) =>
    candidate.reward > leader.reward ? candidate : leader,
  );
  const avg = rewards.reduce((sum, value) => sum + value, 0) / rewards.length;
  return { trajectories, best, top1: best.reward, avg };
};
