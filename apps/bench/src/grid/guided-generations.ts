import { openings } from '@entrgi/tiny-stories';
import type { Engine, ModelName, SectionSettings } from '../cases/section.js';
import { denoiserCheckpoint, rewardCheckpoint } from '../checkpoints/models.js';
import { promptText } from '../inputs/prompt-text.js';
import type { GenerateSpec } from '../workloads/generate.js';
import { axes } from './axes.js';
import { decoderCost } from './decoder-cost.js';
import { modelSpec, weightBytes } from './model-spec.js';

/** A whole guided generation to be timed, and what its sides may need to know. */
export interface GuidedGeneration {
  readonly parameters: Readonly<Record<string, string | number>>;
  readonly threads: number;
  readonly workload: { readonly kind: 'generate' } & Omit<GenerateSpec, 'unit'>;
  /** Floating-point operations of one guided step, on average. */
  readonly operations: number;
  weightBytes(engine: Engine): number;
}

/** Denoiser and reward, by the largest model that takes part. */
const pairs: Readonly<Record<ModelName, readonly [ModelName, ModelName]>> = {
  embedded: ['embedded', 'embedded'],
  '0.6b': ['embedded', '0.6b'],
  '7b': ['7b', '0.6b'],
};

/** What the template puts after a response. */
const SUFFIX = 2;

/** Generations with the paper's settings, but for the number of steps, by models, dtypes and sizes; a different prompt in each round. */
export async function* guidedGenerations(settings: SectionSettings): AsyncIterable<GuidedGeneration> {
  const { cache, models, dtypes, promptLengths, trajectories, threads, guidanceSteps } = settings;
  const { responseLength: length, steps } = settings;
  const promptOf = await promptText();
  for (const [denoiser, reward] of models.map((model) => pairs[model])) {
    const denoiserDirectory = denoiserCheckpoint(denoiser, cache);
    const rewardDirectory = rewardCheckpoint(reward, cache)!;
    const denoiserCost = decoderCost(denoiserDirectory);
    const rewardCost = decoderCost(rewardDirectory);
    for (const dtype of dtypes) {
      for (const point of axes({ prompt: promptLengths, trajectories, threads })) {
        const batch = point.trajectories;
        // Step by step the masked rows go from all to length / steps; the products with the vocabulary are not counted for the reward.
        const maskedRows = (batch * length * (1 + 1 / steps)) / 2;
        yield {
          parameters: { denoiser, reward, dtype, ...point, steps, guidanceSteps },
          threads: point.threads,
          workload: {
            kind: 'generate',
            denoiser: modelSpec(denoiserDirectory, denoiserCost.weights, dtype),
            reward: modelSpec(rewardDirectory, rewardCost.weights, dtype),
            threads: point.threads,
            prompts: openings.map((_, first) => promptOf(point.prompt, first)),
            length,
            trajectories: batch,
            steps,
            guidanceSteps,
            learningRate: 0.5,
            temperature: 0.7,
            topP: 0.95,
          },
          operations:
            denoiserCost.forward({ batch, tokens: point.prompt + length }) +
            denoiserCost.logits(maskedRows) +
            guidanceSteps *
              rewardCost.forwardAndGradient({ batch, tokens: length + SUFFIX, past: point.prompt }),
          weightBytes: (engine) => weightBytes(denoiserCost.weights + rewardCost.weights, dtype, engine),
        };
      }
    }
  }
}
