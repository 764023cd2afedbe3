import { nodeBackend } from '@entrgi/backend-node';
import { filters, optimisers, rewardGuidance } from '@entrgi/core';
import { sample } from '@entrgi/samplers';
import { openDenoiser, openReward } from '../open-models.js';
import { timed } from '../timed.js';
import type { ModelSpec, Workload } from '../workload.js';

export interface GenerateSpec {
  readonly denoiser: ModelSpec;
  readonly reward: ModelSpec;
  readonly threads: number;
  /** Round r takes prompt r, and starts again after the last. */
  readonly prompts: readonly string[];
  readonly length: number;
  readonly trajectories: number;
  readonly steps: number;
  readonly guidanceSteps: number;
  readonly learningRate: number;
  readonly temperature: number;
  readonly topP: number;
}

/** A whole guided generation by EntRGi, order entropy. The unit is a denoising step that was guided; scoring the results is not timed. */
export const generate = async (spec: GenerateSpec): Promise<Workload> => {
  const { prompts, trajectories, steps, length, temperature } = spec;
  const backend = nodeBackend({ threads: spec.threads });
  const denoiser = await openDenoiser(spec.denoiser, backend);
  const reward = await openReward(spec.reward, { backend });
  const guidance = rewardGuidance({
    reward,
    optimiser: optimisers.adam(spec.learningRate),
    guidanceSteps: spec.guidanceSteps,
  });
  const write = async (prompt: string, seed: number) => {
    let units = 0;
    let texts: string[] = [];
    for await (const event of sample({
      denoiser,
      prompts: [prompt],
      guidance,
      trajectories,
      steps,
      maxNewTokens: length,
      temperature,
      filters: [filters.topP(spec.topP)],
      seed,
    })) {
      if (event.type === 'step-end') units += event.rewards === undefined ? 0 : 1;
      else texts = event.trajectories.map(({ text }) => text);
    }
    return { units, texts };
  };
  return {
    async run(round) {
      const prompt = prompts[round % prompts.length]!;
      const { seconds, result } = await timed(() => write(prompt, round));
      return {
        seconds,
        units: result.units,
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
