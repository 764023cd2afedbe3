import { nodeBackend } from '@entrgi/backend-node';
import { openDenoiser, openReward } from '../inputs/open-models.js';
import { timed } from '../measure/timed.js';
import type { ModelSpec, Workload } from '../work/workload.js';
import { type WritingSpec, writeGuided } from '../work/write-guided.js';

export interface GenerateSpec extends WritingSpec {
  readonly denoiser: ModelSpec;
  readonly reward: ModelSpec;
  readonly threads: number;
  /** Round r takes prompt r, and starts again after the last. */
  readonly prompts: readonly string[];
  /** What times are divided by: the steps that were guided, or the whole. */
  readonly unit: 'guided step' | 'generation';
  /** Default: all as the libraries have it. */
  readonly switches?: Switches;
}

/** Ways of sparing work that leave the result as it is: `prefixReuse` is the reward's, the others are the sampler's. */
export interface Switches {
  readonly prefixReuse?: boolean;
  readonly vocabularyTolerance?: number;
  readonly stopAtEnd?: boolean;
  readonly skipRedundant?: boolean;
}

/** A whole guided generation by EntRGi, order entropy. Scoring the results is not timed. */
export const generate = async (spec: GenerateSpec): Promise<Workload> => {
  const { prompts } = spec;
  const { prefixReuse = true, ...switches } = spec.switches ?? {};
  const backend = nodeBackend({ threads: spec.threads });
  const denoiser = await openDenoiser(spec.denoiser, backend);
  const reward = await openReward(spec.reward, { backend, prefixReuse });
  return {
    async run(round) {
      const prompt = prompts[round % prompts.length]!;
      const { seconds, result } = await timed(() =>
        writeGuided(spec, { denoiser, reward, prompt, seed: round, switches }),
      );
      return {
        seconds,
        units: spec.unit === 'generation' ? 1 : result.guided,
        texts: result.texts,
        rewards: [...(await reward.score(prompt, result.texts))],
      };
    },
    async dispose() {
      await reward.dispose();
      await denoiser.dispose();
      await backend.dispose();
    },
  };
};
