import type { Prompt, PromptEndEvent } from '@entrgi/core';
import type { BestOfN } from '@entrgi/samplers';
import type { Plan } from './plan.js';
import type { Settings } from './settings.js';

/** What `--json` prints, one object per prompt. */
export interface Result {
  readonly prompt: Prompt;
  readonly method: string;
  readonly seed: number;
  readonly settings: Settings & {
    readonly preset?: string | undefined;
    /** Names of the models. */
    readonly denoiser: string;
    readonly reward: string;
  };
  readonly trajectories: readonly Trajectory[];
  readonly best: { readonly text: string; readonly reward: number };
  /** Highest and mean reward over the trajectories. */
  readonly top1: number;
  readonly avg: number;
  /** Milliseconds, loading not included. rewardMs is the time in the reward model, both within guidance and for the final scores. */
  readonly timings: PromptEndEvent['timings'];
}

/** One finished response. */
export interface Trajectory {
  readonly text: string;
  readonly tokenIds: readonly number[];
  readonly reward: number;
}

/** Puts together what was asked for, what came out, and how it was rated. */
export const resultOf = (
  { prompts, method, preset, settings, seed }: Plan,
  names: { readonly denoiser: string; readonly reward: string },
  { prompt, trajectories, timings }: PromptEndEvent,
  scores: BestOfN & { readonly ms: number },
): Result => ({
  prompt: prompts[prompt]!.prompt,
  method: method.name,
  seed,
  settings: { ...(preset === undefined ? {} : { preset }), ...settings, ...names },
  trajectories: trajectories.map(({ text, tokenIds }, k) => ({
    text,
    tokenIds: Array.from(tokenIds),
    reward: scores.trajectories[k]!.reward,
  })),
  best: scores.best,
  top1: scores.top1,
  avg: scores.avg,
  timings: {
    ...timings,
    totalMs: timings.totalMs + scores.ms,
    rewardMs: timings.rewardMs + scores.ms,
  },
});
