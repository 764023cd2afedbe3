import { nodeBackend } from '@entrgi/backend-node';
import { openReward } from '../inputs/open-models.js';
import { timed } from '../measure/timed.js';
import type { ModelSpec, Workload } from '../work/workload.js';

export interface ScoreSpec {
  readonly reward: ModelSpec;
  readonly threads: number;
  readonly prefixReuse: boolean;
  readonly prompt: string;
  readonly responses: readonly string[];
}

/** Scores finished responses: the reward model forward. */
export const score = async (spec: ScoreSpec): Promise<Workload> => {
  const { prompt, responses, prefixReuse } = spec;
  const backend = nodeBackend({ threads: spec.threads });
  const reward = await openReward(spec.reward, { backend, prefixReuse });
  return {
    run: () => timed(() => reward.score(prompt, responses)),
    async outputs() {
      return { rewards: [...(await reward.score(prompt, responses))] };
    },
    async dispose() {
      await reward.dispose();
      await backend.dispose();
    },
  };
};
