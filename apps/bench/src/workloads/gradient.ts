import { nodeBackend } from '@entrgi/backend-node';
import { loadClassifier } from '@entrgi/models';
import { fixedMix } from '../fixed-mix.js';
import { openReward } from '../open-models.js';
import { timed } from '../timed.js';
import type { ModelSpec, Workload } from '../workload.js';

export interface GradientSpec {
  readonly reward: ModelSpec;
  readonly threads: number;
  readonly prefixReuse: boolean;
  /** Whether forward values are computed again instead of kept. Default: false. */
  readonly recompute?: boolean;
  readonly prompt: string;
  /** Tokens of each response, all of them mixtures of 64 candidates: the vocabulary has a workload of its own. */
  readonly length: number;
  readonly trajectories: number;
}

/** The reward of mixed responses, with its gradient. */
export const gradient = async (spec: GradientSpec): Promise<Workload> => {
  const { prompt, length, trajectories, prefixReuse, recompute = false } = spec;
  const backend = nodeBackend({ threads: spec.threads });
  const { vocabulary } = await loadClassifier(spec.reward.directory);
  const reward = await openReward(spec.reward, { backend, prefixReuse, recompute });
  const context = await reward.open({ prompt, vocabulary, length });
  const mix = fixedMix(trajectories, length);
  return {
    run: () => timed(() => context.evaluate(mix)),
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
