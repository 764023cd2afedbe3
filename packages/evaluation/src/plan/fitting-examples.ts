import {
  type Denoiser,
  InvalidArgumentError,
  isDifferentiable,
  type Prompt,
  type Reward,
} from '@entrgi/core';
import { loadModels } from 'entrgi';
import { aboutPrompt } from '../data/about-prompt.js';
import type { Example } from '../data/example.js';
import type { Judge } from '../judges/judge.js';
import { loadJudge } from '../judges/load-judge.js';
import type { EvaluationPlan } from './plan-evaluation.js';

/** Who is told of a prompt that is left out. */
export interface FittingOptions {
  readonly onTooLong: (error: InvalidArgumentError) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The prompts that every model of a plan (its denoisers, rewards and the judge) holds together with a
 * response: all methods and models are compared on the same ones. The models are loaded for it, one pair
 * after the other. Judges and rewards without a gradient rate as many words as a response has tokens.
 * @throws InvalidArgumentError where none is left, and what loadModels throws
 */
export const fittingExamples = async (
  plan: EvaluationPlan,
  examples: readonly Example[],
  { onTooLong, signal }: FittingOptions,
): Promise<Example[]> => {
  const length = Math.max(...plan.cells.map(({ settings }) => settings.maxNewTokens!));
  const fitting = new Set(examples);
  const keep = async (check: (prompt: Prompt) => Promise<void>): Promise<void> => {
    for (const example of fitting) {
      signal?.throwIfAborted();
      try {
        await check(example.prompt);
      } catch (error) {
        if (!InvalidArgumentError.isInstance(error)) throw error;
        fitting.delete(example);
        onTooLong(aboutPrompt(example.prompt, error) as InvalidArgumentError);
      }
    }
  };
  for (const { models } of plan.pairs) {
    const loaded = await loadModels({ ...models, signal });
    await keep((prompt) => requireFit(prompt, length, loaded)).finally(() => loaded.dispose());
  }
  if (plan.judge?.kind === 'classifier') {
    const judge = await loadJudge(plan.judge);
    await keep((prompt) => rate(judge, prompt, length)).finally(() => judge.dispose());
  }
  if (fitting.size > 0) return [...fitting];
  throw new InvalidArgumentError(`Expected a prompt that all models hold with ${length} tokens, got none.`, {
    value: examples.length,
    argument: 'data',
    hint: 'Take models with longer windows, or lower maxNewTokens.',
  });
};

const requireFit = async (
  prompt: Prompt,
  length: number,
  { denoiser, reward }: { readonly denoiser: Denoiser; readonly reward: Reward },
): Promise<void> => {
  const total = denoiser.encodePrompt(prompt).length + length;
  if (total > denoiser.maxLength) {
    throw new InvalidArgumentError(
      `Expected at most ${denoiser.maxLength} tokens with the response, got ${total}.`,
      { value: prompt },
    );
  }
  if (!isDifferentiable(reward)) return rate(reward, prompt, length);
  const context = await reward.open({ prompt, vocabulary: denoiser.vocabulary, length });
  await context.dispose();
};

const rate = async (rating: Reward | Judge, prompt: Prompt, length: number): Promise<void> => {
  await rating.score(prompt, ['word '.repeat(length)]);
};
