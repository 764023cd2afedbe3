import {
  type Cost,
  type DifferentiableReward,
  type Guidance,
  InvalidArgumentError,
  type Prompt,
  type PromptEndEvent,
  type Relaxation,
  type Reward,
  relaxations,
  rewardGuidance,
  type StepEvent,
} from '@entrgi/core';
import { pickOptions } from '@entrgi/core/internal';
import { passesOf, type StrategyOptions, strategies } from '@entrgi/samplers';
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
 * Responds to a prompt as `generate` does, and reports each denoising step as it is taken; the last event has
 * the result. Leaving the loop, or aborting, frees what was loaded.
 * @throws InvalidArgumentError at once for options that cannot work; while iterating, what `generate` throws
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
    const asked = { ...plan.sampling, denoiser, prompt, reward, seed: plan.seed, signal };
    const matched = plan.strategy === undefined ? await guidedCost(plan, asked) : undefined;
    const strategy = plan.strategy ?? strategies.compute_matched({ passes: passesOf(matched!) });
    for await (const event of strategy({ ...asked, guidance: guidanceOf(plan, reward, plan.relaxation) })) {
      if (event.type === 'step-end') {
        const { tokenIds, trajectories, length } = event;
        const texts = Array.from({ length: trajectories }, (_, k) =>
          denoiser.decode(tokenIds.subarray(k * length, (k + 1) * length)),
        );
        yield { ...event, texts };
        continue;
      }
      const names = { denoiser: denoiser.name, reward: reward.name };
      yield { ...event, result: generateResult(plan, names, prompt, event, matched) };
    }
  } finally {
    await models.dispose();
  }
}

/** What the same costs with guidance. */
const guidedCost = async (plan: GenerationPlan, asked: StrategyOptions): Promise<Cost> => {
  const guidance = guidanceOf(plan, asked.reward, relaxations.entrgi);
  let cost: Cost | undefined;
  for await (const event of strategies.independent()({ ...asked, guidance })) {
    if (event.type === 'prompt-end') cost = event.cost;
  }
  // The last event of a strategy that does not throw has it.
  return cost!;
};

const guidanceOf = (
  { options }: GenerationPlan,
  reward: Reward,
  relaxation: Relaxation | undefined,
): Guidance | undefined =>
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
