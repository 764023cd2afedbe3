import type { Section, Side } from '../cases/section.js';
import { rewardCheckpoint, tableCheckpoint } from '../checkpoints/models.js';
import { axes } from '../grid/axes.js';
import { decoderCost } from '../grid/decoder-cost.js';
import { modelSpec, weightBytes } from '../grid/model-spec.js';
import { promptText } from '../inputs/prompt-text.js';

/** The prompt of the reward pass that the vocabulary is compared with. */
const PROMPT = 64;

/**
 * One guidance step over a whole vocabulary with next to no reward network, on peaked and on flat distributions; with the 0.6B model beside
 * one reward + gradient of it.
 */
export const vocabulary: Section = async function* (settings) {
  const { cache, vocabularies, trajectories, threads, responseLength: length, models } = settings;
  const prompt = (await promptText())(PROMPT);
  const large = models.includes('0.6b') ? rewardCheckpoint('0.6b', cache) : undefined;
  for (const logits of ['peaked', 'flat'] as const) {
    for (const point of axes({ vocabulary: vocabularies, trajectories, threads })) {
      const directory = tableCheckpoint(point.vocabulary, cache);
      const { weights } = decoderCost(directory);
      const workload = {
        kind: 'guide',
        reward: { ...modelSpec(directory, weights, 'fp32'), disablePrepacking: true },
        threads: point.threads,
        trajectories: point.trajectories,
        length,
        logits,
        learningRate: 0.5,
        temperature: 0.7,
        topP: 0.95,
        vocabularyTolerance: 1e-6,
      } as const;
      const pass = (checkpoint: string): Side => {
        const cost = decoderCost(checkpoint);
        return {
          name: '0.6b: reward + gradient, prompt once',
          engine: 'entrgi',
          workload: {
            kind: 'gradient',
            reward: modelSpec(checkpoint, cost.weights, 'fp32'),
            threads: point.threads,
            prefixReuse: true,
            prompt,
            length,
            trajectories: point.trajectories,
          },
          weightBytes: weightBytes(cost.weights, 'fp32', 'entrgi'),
        };
      };
      yield {
        parameters: { logits, ...point },
        unit: 'guidance step',
        threads: point.threads,
        sides: [
          {
            name: 'guidance step',
            engine: 'entrgi',
            workload,
            weightBytes: weightBytes(weights, 'fp32', 'entrgi'),
          },
          {
            name: 'guidance step, whole vocabulary',
            engine: 'entrgi',
            workload: { ...workload, vocabularyTolerance: 0 },
            sameAs: 'guidance step',
            tolerance: 1e-3,
            weightBytes: weightBytes(weights, 'fp32', 'entrgi'),
          },
          {
            name: 'PyTorch: guidance step',
            engine: 'pytorch',
            workload,
            sameAs: 'guidance step',
            // A gradient as small as Adam's epsilon shows its own rounding in the update.
            tolerance: 1e-3,
            weightBytes: weightBytes(weights, 'fp32', 'pytorch'),
          },
          ...(large === undefined ? [] : [pass(large)]),
        ],
      };
    }
  }
};
