import {
  type DifferentiableReward,
  type Guidance,
  InvalidArgumentError,
  type Prompt,
  type PromptEndEvent,
  pickOptions,
  type Reward,
  rewardGuidance,
  type StepEvent,
} from '@entrgi/core';
import { bestOfN, sample } from '@entrgi/samplers';
import type { GenerateOptions } from './generate-options.js';
import { type GenerateResult, generateResult } from './generate-result.js';
import { loadModels } from './models/load-models.js';
import { type ModelOptions, modelOptionNames } from './models/model-options.js';
import { type GenerationPlan, planGeneration } from './plan-generation.js';

/** A step, and the text that each response has by then, without what is still masked. */
export interface StreamStepEvent extends StepEvent {
  readonly texts: readonly string[];
}

/** The responses are complete and rated: the last event. */
export interface StreamEndEvent extends PromptEndEvent {
  readonly result: GenerateResult;
}

/** What `stream` reports. */
export type StreamEvent = StreamStepEvent | StreamEndEvent;

/**
 * Responds to a prompt as `generate` does, and reports each denoising step as it is taken; the last event has the result. Leaving the loop, or
 * aborting, frees what was loaded. Throws InvalidArgumentError at once for options that cannot work; while iterating, what `generate` throws.
 */
export const stream = (options: GenerateOptions): AsyncGenerator<StreamEvent, void, undefined> => {
  const plan = planGeneration(options, 'stream');
  return respond(plan, promptOf(options), options);
};

async function* respond(
  plan: GenerationPlan,
  prompt: Prompt,
  options: GenerateOptions,
): AsyncGenerator<StreamEvent, void, undefined> {
  const { signal } = options;
  const models = await loadModels(pickOptions<ModelOptions>(options, modelOptionNames));
  try {
    const { denoiser, reward } = models;
    const { vocabularyTolerance, response, confidenceThreshold, cacheBlocks } = plan.settings;
    const events = sample({
      ...plan.options.sample,
      vocabularyTolerance,
      response,
      confidenceThreshold,
      cacheBlocks,
      denoiser,
      prompts: [prompt],
      guidance: guidanceOf(plan, reward),
      seed: plan.seed,
      signal,
    });
    for await (const event of events) {
      if (event.type === 'step-end') {
        const { tokenIds, trajectories, length } = event;
        const texts = Array.from({ length: trajectories }, (_, k) =>
          denoiser.decode(tokenIds.subarray(k * length, (k + 1) * length)),
        );
        yield { ...event, texts };
        continue;
      }
      const start = performance.now();
      const scores = await bestOfN({
        reward,
        prompt,
        texts: event.trajectories.map(({ text }) => text),
        signal,
      });
      const names = { denoiser: denoiser.name, reward: reward.name };
      const rated = { ...scores, ms: performance.now() - start };
      yield { ...event, result: generateResult(plan, names, prompt, event, rated) };
    }
  } finally {
    await models.dispose();
  }
}

const guidanceOf = ({ relaxation, options }: GenerationPlan, reward: Reward): Guidance | undefined =>
  relaxation === undefined
    ? undefined
    : // It says itself where a reward has no gradient.
      rewardGuidance({ ...options.guidance, reward: reward as DifferentiableReward, relaxation });

const promptOf = ({ prompt, messages }: GenerateOptions): Prompt => {
  if (prompt !== undefined && messages === undefined) return prompt;
  if (messages !== undefined && prompt === undefined) return messages;
  throw new InvalidArgumentError(
    `prompt: expected it or messages, got ${prompt === undefined ? 'neither' : 'both'}.`,
    {
      value: prompt,
      argument: 'prompt',
    },
  );
};
