import { type Denoiser, type DifferentiableReward, filters, optimizers, rewardGuidance } from '@entrgi/core';
import { type SampleOptions, sample } from '@entrgi/samplers';

/** How a guided generation is written. */
export interface WritingSpec {
  readonly length: number;
  readonly trajectories: number;
  readonly steps: number;
  readonly guidanceSteps: number;
  readonly learningRate: number;
  readonly temperature: number;
  readonly topP: number;
}

/** The models, and what is written with them. */
export interface Writing {
  readonly denoiser: Denoiser;
  readonly reward: DifferentiableReward;
  readonly prompt: string;
  readonly seed: number;
  readonly switches?: Partial<SampleOptions>;
}

/** One whole generation by EntRGi, order entropy: its texts, and how many steps were guided. */
export const writeGuided = async (
  { length, trajectories, steps, guidanceSteps, learningRate, temperature, topP }: WritingSpec,
  { denoiser, reward, prompt, seed, switches }: Writing,
): Promise<{ readonly guided: number; readonly texts: readonly string[] }> => {
  let guided = 0;
  let texts: string[] = [];
  for await (const event of sample({
    denoiser,
    prompts: [prompt],
    guidance: rewardGuidance({ reward, optimizer: optimizers.adam(learningRate), guidanceSteps }),
    trajectories,
    steps,
    maxNewTokens: length,
    temperature,
    filters: [filters.topP(topP)],
    seed,
    ...switches,
  })) {
    if (event.type === 'step-end') guided += event.rewards === undefined ? 0 : 1;
    else texts = event.trajectories.map(({ text }) => text);
  }
  return { guided, texts };
};
