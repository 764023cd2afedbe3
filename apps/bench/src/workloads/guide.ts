import { nodeBackend } from '@entrgi/backend-node';
import { filters, optimizers, randomStream, rewardGuidance, softmax } from '@entrgi/core';
import { loadClassifier } from '@entrgi/models';
import { selectCandidates } from '@entrgi/samplers/internal';
import { openReward } from '../inputs/open-models.js';
import { type LogitKind, syntheticLogits } from '../inputs/synthetic-logits.js';
import { timed } from '../measure/timed.js';
import type { ModelSpec, Workload } from '../work/workload.js';

export interface GuideSpec {
  /** A reward with next to no network. */
  readonly reward: ModelSpec;
  readonly threads: number;
  readonly trajectories: number;
  /** Masked positions of each response: all. */
  readonly length: number;
  readonly logits: LogitKind;
  readonly learningRate: number;
  readonly temperature: number;
  readonly topP: number;
  /** What leaving out improbable tokens may cost; 0: none is left out. Finding them is part of the step. */
  readonly vocabularyTolerance: number;
}

/** Leaves only the most probable token to be drawn, so that engines with other random numbers must agree. */
const DETERMINISTIC = 1e-6;

/** One guidance step without denoiser: candidates, softmax, entropy, draw, soft embeddings, E · g, softmax gradient, Adam. */
export const guide = async (spec: GuideSpec): Promise<Workload> => {
  const { trajectories, length, temperature } = spec;
  const backend = nodeBackend({ threads: spec.threads });
  const { vocabulary } = await loadClassifier(spec.reward.directory);
  const reward = await openReward(spec.reward, { backend });
  const guidance = rewardGuidance({
    reward,
    optimizer: optimizers.adam(spec.learningRate),
    guidanceSteps: 1,
  });
  const context = await guidance.open({ prompt: 'x', vocabulary, length });
  const slots = trajectories * length;
  const logits = syntheticLogits(spec.logits, slots, vocabulary.size);
  const request = {
    step: 1,
    trajectories,
    tokenIds: new Int32Array(slots).fill(vocabulary.maskId!),
    rows: Int32Array.from({ length: slots }, (_, slot) => slot),
    temperature,
  };
  const rule = {
    temperature,
    maxMovement: guidance.maxMovement,
    tolerance: spec.vocabularyTolerance,
  };
  /** Guidance writes to the logits that it is given: those of the whole vocabulary are a copy. */
  const rowsOf = async () => {
    const rows = await selectCandidates(logits, vocabulary.size, rule);
    return rows.values === logits ? { ...rows, values: logits.slice() } : rows;
  };
  const step = async (seed: number, topP = spec.topP) =>
    context.optimize({
      ...request,
      logits: await rowsOf(),
      filters: [filters.topP(topP)],
      random: (trajectory) => randomStream({ seed, prompt: 1, trajectory, step: 1, purpose: 'guidance' }),
    });
  return {
    run: (round) => timed(() => step(round)),
    async outputs() {
      const { rewards, logits: moved } = await step(0, DETERMINISTIC);
      const { values, offsets, tokenIds } = moved;
      const probs = softmax(values.slice(0, offsets[1]), offsets[1]!, temperature);
      const firstRow = new Array<number>(vocabulary.size).fill(0);
      probs.forEach((p, place) => {
        firstRow[tokenIds === undefined ? place : tokenIds[place]!] = p;
      });
      return { rewards: [...rewards[0]!], firstRow };
    },
    async dispose() {
      await context.dispose();
      await reward.dispose();
      await backend.dispose();
    },
  };
};
