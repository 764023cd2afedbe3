import type { WeightDtype } from '@entrgi/models';
import type { Section, Side } from '../cases/section.js';
import { rewardCheckpoint } from '../checkpoints/models.js';
import { axes } from '../grid/axes.js';
import { decoderCost } from '../grid/decoder-cost.js';
import { modelSpec, weightBytes } from '../grid/model-spec.js';
import { promptText } from '../inputs/prompt-text.js';

/** What the template puts after a response. */
const SUFFIX = 2;

/**
 * The reward model alone: forward, forward and gradient, the gradient after a prompt that is computed once, that with the prompt computed before
 * each (no gradient goes through a prompt), and the gradient from forward values that are computed again. The other dtypes take turns with the first: forward, forward and gradient.
 */
export const reward: Section = async function* (settings) {
  const { cache, models, dtypes, promptLengths, trajectories, threads, responseLength: length } = settings;
  const promptOf = await promptText();
  for (const model of models) {
    const directory = rewardCheckpoint(model, cache);
    if (directory === undefined) continue;
    const cost = decoderCost(directory);
    const first = dtypes[0]!;
    for (const point of axes({ prompt: promptLengths, trajectories, threads })) {
      const batch = point.trajectories;
      const after = length + SUFFIX;
      const whole = { batch, tokens: point.prompt + after };
      const common = { threads: point.threads, prompt: promptOf(point.prompt), prefixReuse: false };
      const scored = (dtype: WeightDtype) =>
        ({
          kind: 'score',
          reward: modelSpec(directory, cost.weights, dtype),
          ...common,
          responses: new Array<string>(batch).fill(' the'.repeat(length)),
        }) as const;
      const differentiated = (dtype: WeightDtype) =>
        ({
          kind: 'gradient',
          reward: modelSpec(directory, cost.weights, dtype),
          ...common,
          length,
          trajectories: batch,
        }) as const;
      const ours = (dtype: WeightDtype) =>
        ({ engine: 'entrgi', weightBytes: weightBytes(cost.weights, dtype, 'entrgi') }) as const;
      const torch = {
        engine: 'pytorch',
        weightBytes: weightBytes(cost.weights, first, 'pytorch'),
      } as const;
      const further = (dtype: WeightDtype): Side[] => [
        {
          name: `reward, ${dtype}`,
          ...ours(dtype),
          workload: scored(dtype),
          against: 'reward',
          approximates: 'reward',
          operations: cost.forward(whole),
        },
        {
          name: `reward + gradient, ${dtype}`,
          ...ours(dtype),
          workload: differentiated(dtype),
          against: 'reward + gradient',
          approximates: 'reward + gradient',
          operations: cost.forwardAndGradient(whole),
        },
      ];
      yield {
        parameters: { model, dtype: first, ...point },
        unit: batch === 1 ? 'response' : `${batch} responses`,
        threads: point.threads,
        sides: [
          { name: 'reward', ...ours(first), workload: scored(first), operations: cost.forward(whole) },
          {
            name: 'reward + gradient',
            ...ours(first),
            workload: differentiated(first),
            operations: cost.forwardAndGradient(whole),
          },
          {
            name: 'reward + gradient, prompt once',
            ...ours(first),
            workload: { ...differentiated(first), prefixReuse: true },
            against: 'reward + gradient',
            operations: cost.forwardAndGradient({ batch, tokens: after, past: point.prompt }),
          },
          {
            name: 'reward + gradient, prompt first',
            ...ours(first),
            workload: { ...differentiated(first), prefixReuse: true, newContext: true },
            against: 'reward',
            operations:
              cost.forward({ batch: 1, tokens: point.prompt }) +
              cost.forwardAndGradient({ batch, tokens: after, past: point.prompt }),
          },
          {
            name: 'reward + gradient, recomputed',
            ...ours(first),
            workload: { ...differentiated(first), recompute: true },
            against: 'reward + gradient',
            sameAs: 'reward + gradient',
            operations: cost.forwardAndGradient(whole),
          },
          ...dtypes.slice(1).flatMap(further),
          {
            name: 'PyTorch: reward',
            ...torch,
            workload: scored(first),
            against: 'reward',
            sameAs: 'reward',
            operations: cost.forward(whole),
          },
          {
            name: 'PyTorch: reward + gradient',
            ...torch,
            workload: differentiated(first),
            against: 'reward + gradient',
            sameAs: 'reward + gradient',
            operations: cost.forwardAndGradient(whole),
          },
        ],
      };
    }
  }
};
