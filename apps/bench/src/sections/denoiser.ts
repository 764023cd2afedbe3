import type { WeightDtype } from '@entrgi/models';
import type { Section, Side } from '../cases/section.js';
import { denoiserCheckpoint } from '../checkpoints/models.js';
import { axes } from '../grid/axes.js';
import { decoderCost } from '../grid/decoder-cost.js';
import { modelSpec, weightBytes } from '../grid/model-spec.js';
import { promptText } from '../inputs/prompt-text.js';

const STEP = 'denoiser step';

/**
 * One forward pass of the denoiser, half of each response masked, with logits at the masks or everywhere. The other dtypes take turns with the
 * first. PyTorch computes logits for the whole sequence, as the published code does.
 */
export const denoiser: Section = async function* (settings) {
  const { cache, models, dtypes, promptLengths, trajectories, threads, responseLength: length } = settings;
  const promptOf = await promptText();
  for (const model of models) {
    const directory = denoiserCheckpoint(model, cache);
    const cost = decoderCost(directory);
    const first = dtypes[0]!;
    for (const point of axes({ prompt: promptLengths, trajectories, threads })) {
      const batch = point.trajectories;
      const workload = {
        kind: 'denoise',
        denoiser: modelSpec(directory, cost.weights, first),
        threads: point.threads,
        prompt: promptOf(point.prompt),
        length,
        trajectories: batch,
        logitsAt: 'masks',
      } as const;
      const operations =
        cost.forward({ batch, tokens: point.prompt + length }) + cost.logits(batch * Math.ceil(length / 2));
      const ours = (dtype: WeightDtype) =>
        ({ engine: 'entrgi', operations, weightBytes: weightBytes(cost.weights, dtype, 'entrgi') }) as const;
      const further = (dtype: WeightDtype, int8Activations: boolean): Side => ({
        name: `${STEP}, ${dtype}${int8Activations ? ', int8 activations' : ''}`,
        ...ours(dtype),
        workload: {
          ...workload,
          denoiser: { ...modelSpec(directory, cost.weights, dtype), int8Activations },
        },
        approximates: STEP,
      });
      yield {
        parameters: { model, dtype: first, ...point },
        unit: STEP,
        threads: point.threads,
        sides: [
          { name: STEP, ...ours(first), workload },
          {
            name: `${STEP}, logits everywhere`,
            ...ours(first),
            workload: { ...workload, logitsAt: 'all' },
            sameAs: STEP,
          },
          ...dtypes.flatMap((dtype) => [
            ...(dtype === first ? [] : [further(dtype, false)]),
            ...(dtype === 'q8' || dtype === 'q4' ? [further(dtype, true)] : []),
          ]),
          {
            name: `PyTorch: ${STEP}`,
            engine: 'pytorch',
            workload,
            sameAs: STEP,
            operations,
            weightBytes: weightBytes(cost.weights, first, 'pytorch'),
          },
        ],
      };
    }
  }
};
