import { openings } from '@entrgi/tiny-stories';
import { axes } from '../axes.js';
import { decoderCost } from '../decoder-cost.js';
import { modelSpec, weightBytes } from '../model-spec.js';
import { denoiserCheckpoint, rewardCheckpoint } from '../models.js';
import { promptText } from '../prompt-text.js';
import type { ModelName, Section } from '../section.js';

/** Denoiser and reward, by the largest model that takes part. */
const pairs: Readonly<Record<ModelName, readonly [ModelName, ModelName]>> = {
  embedded: ['embedded', 'embedded'],
  '0.6b': ['embedded', '0.6b'],
  '7b': ['7b', '0.6b'],
};

/** What the template puts after a response. */
const SUFFIX = 2;

/** Whole guided generations by EntRGi with the paper's settings, but for the number of steps; a different prompt and seed in each round. */
export const generation: Section = async function* (settings) {
  const { cache, models, dtypes, promptLengths, trajectories, threads, guidanceSteps } = settings;
  const { responseLength: length, steps } = settings;
  const promptOf = await promptText();
  for (const [denoiser, reward] of models.map((model) => pairs[model])) {
    const denoiserDirectory = denoiserCheckpoint(denoiser, cache);
    const rewardDirectory = rewardCheckpoint(reward, cache)!;
    const denoiserCost = decoderCost(denoiserDirectory);
    const rewardCost = decoderCost(rewardDirectory);
    const weights = denoiserCost.weights + rewardCost.weights;
    for (const dtype of dtypes) {
      for (const point of axes({ prompt: promptLengths, trajectories, threads })) {
        const batch = point.trajectories;
        const workload = {
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
        } as const;
        // Step by step the masked rows go from all to length / steps; the products with the vocabulary are not counted for the reward.
        const maskedRows = (batch * length * (1 + 1 / steps)) / 2;
        const operations =
          denoiserCost.forward({ batch, tokens: point.prompt + length }) +
          denoiserCost.logits(maskedRows) +
          guidanceSteps *
            rewardCost.forwardAndGradient({ batch, tokens: length + SUFFIX, past: point.prompt });
        yield {
          parameters: { denoiser, reward, dtype, ...point, steps, guidanceSteps },
          unit: 'guided step',
          threads: point.threads,
          sides: [
            {
              name: 'generation',
              engine: 'entrgi',
              workload,
              operations,
              weightBytes: weightBytes(weights, dtype, 'entrgi'),
            },
            {
              name: 'PyTorch: generation',
              engine: 'pytorch',
              workload,
              operations,
              weightBytes: weightBytes(weights, dtype, 'pytorch'),
            },
          ],
        };
      }
    }
  }
};
