import type { Prompt, PromptEndEvent, Reward, StepEvent } from '@entrgi/core';
import type { SampleOptions } from '../options/sample-options.js';
import type { BestOfN } from './best-of-n.js';

/**
 * One prompt, how to sample, and what rates the responses. `trajectories`: how many responses there are, and
 * particles where there are particles.
 */
export interface StrategyOptions extends Omit<SampleOptions, 'prompts'> {
  readonly prompt: Prompt;
  /** Any: it is asked for scores, never for a gradient. */
  readonly reward: Reward;
}

/** The last event of a strategy: its responses, what rating all of them came to, and what all of it cost. */
export interface StrategyEndEvent extends PromptEndEvent {
  readonly scores: BestOfN;
}

/**
 * Makes rated responses to a prompt by running the denoising loop once or several times. Reports the steps of
 * each run, whose number of trajectories may differ, and ends with a StrategyEndEvent.
 * @throws what `sample` and the reward throw
 */
export type Strategy = (
  options: StrategyOptions,
) => AsyncGenerator<StepEvent | StrategyEndEvent, void, undefined>;
