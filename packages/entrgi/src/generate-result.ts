import type { Cost, Prompt, PromptEndEvent } from '@entrgi/core';
import type { StrategyEndEvent } from '@entrgi/samplers';
import type { GenerationPlan } from './plan-generation.js';
import type { MethodName } from './settings/methods.js';
import type { Settings } from './settings/settings.js';

/** Responses to a prompt, rated. All of it is plain JSON. */
export interface GenerateResult {
  /** The response with the highest reward, of equals the first. */
  readonly text: string;
  /** Its reward (Top@1). */
  readonly reward: number;
  /** Mean reward over the responses (Avg@N). */
  readonly avg: number;
  readonly trajectories: readonly RatedTrajectory[];
  readonly prompt: Prompt;
  readonly method: MethodName;
  readonly seed: number;
  readonly settings: Settings & {
    readonly preset?: string | undefined;
    /** Names of the models. */
    readonly denoiser: string;
    readonly reward: string;
  };
  /**
   * Milliseconds, loading not included; rewardMs is the time in the reward model, both within guidance and
   * for the final scores.
   */
  readonly timings: PromptEndEvent['timings'];
  /** What it took, final scores included. */
  readonly cost: Cost;
  /**
   * Of `bon-compute`, where no budget was given: what the guided run cost that it was matched to, which is in
   * no other number.
   */
  readonly matched?: Cost | undefined;
}

/** One finished response. */
export interface RatedTrajectory {
  readonly text: string;
  readonly tokenIds: readonly number[];
  readonly reward: number;
}

/** What was asked for, what came out, and how it was rated. */
export const generateResult = (
  { method, preset, settings, seed }: GenerationPlan,
  names: { readonly denoiser: string; readonly reward: string },
  prompt: Prompt,
  { trajectories, timings, cost, scores: { best, avg, trajectories: scored } }: StrategyEndEvent,
  matched: Cost | undefined,
): GenerateResult => ({
  text: best.text,
  reward: best.reward,
  avg,
  trajectories: trajectories.map(({ text, tokenIds }, k) => ({
    text,
    tokenIds: Array.from(tokenIds),
    reward: scored[k]!.reward,
  })),
  prompt,
  method,
  seed,
  settings: { ...(preset === undefined ? {} : { preset }), ...settings, ...names },
  timings,
  cost,
  ...(matched === undefined ? {} : { matched }),
});
