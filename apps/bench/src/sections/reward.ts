import { axes } from '../axes.js';
import { decoderCost } from '../decoder-cost.js';
import { modelSpec, weightBytes } from '../model-spec.js';
import { rewardCheckpoint } from '../models.js';
import { promptText } from '../prompt-text.js';
import type { Section } from '../section.js';

/** What the template puts after a response. */
const SUFFIX = 2;

/** The reward model alone: forward, forward and gradient, and the gradient after a prompt that is computed once. */
export const reward: Section = async function* (settings) {
  const { cache, models, dtypes, promptLengths, trajectories, threads, responseLength: length } = settings;
  const promptOf = await promptText();
  for (const model of models) {
    const directory = rewardCheckpoint(model, cache);
    if (directory === undefined) continue;
    const cost = decoderCost(directory);
    for (const dtype of dtypes) {
      for (const point of axes({ prompt: promptLengths, trajectories, threads })) {
        const batch = point.trajectories;
        const after = length + SUFFIX;
        const whole = { batch, tokens: point.prompt + after };
        const prompt = promptOf(point.prompt);
        const common = { reward: modelSpec(directory, cost.weights, dtype), threads: point.threads, prompt };
        const scored = {
          kind: 'score',
          ...common,
          prefixReuse: false,
          responses: new Array<string>(batch).fill(' the'.repeat(length)),
        } as const;
        const differentiated = {
          kind: 'gradient',
          ...common,
          prefixReuse: false,
          length,
          trajectories: batch,
        } as const;
        const ours = { engine: 'entrgi', weightBytes: weightBytes(cost.weights, dtype, 'entrgi') } as const;
        const torch = {
          engine: 'pytorch',
          weightBytes: weightBytes(cost.weights, dtype, 'pytorch'),
        } as const;
        yield {
          parameters: { model, dtype, ...point },
          unit: batch === 1 ? 'response' : `${batch} responses`,
          threads: point.threads,
          sides: [
            { name: 'reward', ...ours, workload: scored, operations: cost.forward(whole) },
            {
              name: 'reward + gradient',
              ...ours,
              workload: differentiated,
              operations: cost.forwardAndGradient(whole),
            },
            {
              name: 'reward + gradient, prompt once',
              ...ours,
              workload: { ...differentiated, prefixReuse: true },
              against: 'reward + gradient',
              operations: cost.forwardAndGradient({ batch, tokens: after, past: point.prompt }),
            },
            {
              name: 'PyTorch: reward',
              ...torch,
              workload: scored,
              against: 'reward',
              sameAs: 'reward',
              operations: cost.forward(whole),
            },
            {
              name: 'PyTorch: reward + gradient',
              ...torch,
              workload: differentiated,
              against: 'reward + gradient',
              sameAs: 'reward + gradient',
              operations: cost.forwardAndGradient(whole),
            },
          ],
        };
      }
    }
  }
};
