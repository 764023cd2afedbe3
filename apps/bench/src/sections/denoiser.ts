import { axes } from '../axes.js';
import { decoderCost } from '../decoder-cost.js';
import { modelSpec, weightBytes } from '../model-spec.js';
import { denoiserCheckpoint } from '../models.js';
import { promptText } from '../prompt-text.js';
import type { Section } from '../section.js';

/** One forward pass of the denoiser, half of each response masked. PyTorch computes logits for the whole sequence, as the published code does. */
export const denoiser: Section = async function* (settings) {
  const { cache, models, dtypes, promptLengths, trajectories, threads, responseLength: length } = settings;
  const promptOf = await promptText();
  for (const model of models) {
    const directory = denoiserCheckpoint(model, cache);
    if (directory === undefined) continue;
    const cost = decoderCost(directory);
    for (const dtype of dtypes) {
      for (const point of axes({ prompt: promptLengths, trajectories, threads })) {
        const batch = point.trajectories;
        const workload = {
          kind: 'denoise',
          denoiser: modelSpec(directory, cost.weights, dtype),
          threads: point.threads,
          prompt: promptOf(point.prompt),
          length,
          trajectories: batch,
        } as const;
        const operations =
          cost.forward({ batch, tokens: point.prompt + length }) + cost.logits(batch * Math.ceil(length / 2));
        yield {
          parameters: { model, dtype, ...point },
          unit: 'denoiser step',
          threads: point.threads,
          sides: [
            {
              name: 'denoiser step',
              engine: 'entrgi',
              workload,
              operations,
              weightBytes: weightBytes(cost.weights, dtype, 'entrgi'),
            },
            {
              name: 'PyTorch: denoiser step',
              engine: 'pytorch',
              workload,
              sameAs: 'denoiser step',
              operations,
              weightBytes: weightBytes(cost.weights, dtype, 'pytorch'),
            },
          ],
        };
      }
    }
  }
};
