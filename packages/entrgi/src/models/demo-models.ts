import type { Backend, Denoiser, DifferentiableReward, Prompt } from '@entrgi/core';
import { loadDenoiser } from '@entrgi/models';
import { compositeReward, loadReward } from '@entrgi/rewards';
import { denoiserDirectory, judgeDirectory, moodDirectory, rewardDirectory } from '@entrgi/tiny-stories';

/** What the demo runs on; disposing the backend disposes it. */
export interface DemoModels {
  readonly denoiser: Denoiser;
  /** The sum of the embedded two: whether a story makes sense, and whether it is cheerful. */
  readonly reward: DifferentiableReward;
  /** What the embedded judge says of each text: the probability that a person wrote it. */
  judged(
    prompt: Prompt,
    texts: readonly string[],
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<number[]>;
}

/**
 * Loads the models of the demo, and the judge with the first texts: the first tokens need not wait for it.
 */
export const loadDemoModels = async (backend: Backend, signal?: AbortSignal): Promise<DemoModels> => {
  const [denoiser, sense, mood] = await Promise.all([
    loadDenoiser(denoiserDirectory, { backend, signal }),
    loadReward(rewardDirectory, { backend, signal }),
    loadReward(moodDirectory, { backend, signal }),
  ]);
  let judge: ReturnType<typeof loadReward> | undefined;
  return {
    denoiser,
    reward: compositeReward([
      { reward: sense, weight: 1 },
      { reward: mood, weight: 1 },
    ]),
    async judged(prompt, texts, options) {
      judge ??= loadReward(judgeDirectory, { backend });
      const logits = await (await judge).score(prompt, texts, options);
      return Array.from(logits, (logit) => 1 / (1 + Math.exp(-logit)));
    },
  };
};
