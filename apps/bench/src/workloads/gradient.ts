import { nodeBackend } from '@entrgi/backend-node';
import { loadClassifier } from '@entrgi/models';
import { networkReward } from '@entrgi/rewards';
import { fixedMix } from '../inputs/fixed-mix.js';
import { timed } from '../measure/timed.js';
import type { ModelSpec, Workload } from '../work/workload.js';

export interface GradientSpec {
  readonly reward: ModelSpec;
  readonly threads: number;
  readonly prefixReuse: boolean;
  /** Whether forward values are computed again instead of kept. Default: false. */
  readonly recompute?: boolean;
  /** Whether every run begins with a new context, so that what is known of the prompt is computed in it too. Default: false. */
  readonly newContext?: boolean;
  readonly prompt: string;
  /** Tokens of each response, all of them mixtures of 64 candidates: the vocabulary has a workload of its own. */
  readonly length: number;
  readonly trajectories: number;
}

/** The reward of mixed responses, with its gradient. */
export const gradient = async (spec: GradientSpec): Promise<Workload> => {
  const { prompt, length, trajectories, prefixReuse, recompute = false, newContext = false } = spec;
  const backend = nodeBackend({ threads: spec.threads });
  const { directory, dtype, disablePrepacking } = spec.reward;
  const classifier = await loadClassifier(directory, { dtype, disablePrepacking });
  const { vocabulary } = classifier;
  const reward = networkReward(classifier, { backend, prefixReuse, recompute, disablePrepacking });
  const open = () => reward.open({ prompt, vocabulary, length });
  const context = await open();
  const mix = fixedMix(trajectories, length);
  const evaluate = async () => {
    if (!newContext) return context.evaluate(mix);
    const fresh = await open();
    const result = await fresh.evaluate(mix);
    await fresh.dispose();
    return result;
  };
  return {
    run: () => timed(evaluate),
    async outputs() {
      const { values, tokenScores } = await context.evaluate(mix);
      return { rewards: [...values], tokenScores: [...tokenScores] };
    },
    async dispose() {
      await context.dispose();
      await reward.dispose();
      await backend.dispose();
    },
  };
};
