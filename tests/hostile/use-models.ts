import { nodeBackend } from '@entrgi/backend-node';
import type { Denoiser, DifferentiableReward, Prompt } from '@entrgi/core';
import { loadDenoiser } from '@entrgi/models';
import { loadReward } from '@entrgi/rewards';
import { type SampleOptions, sample } from '@entrgi/samplers';
import { fixture } from '../../packages/models/fixtures/fixture.js';
import { HostileFinding } from './hostile-case.js';

/** One for all cases of a process. */
export const backend = nodeBackend({ threads: 1 });

const small = { trajectories: 1, steps: 2, maxNewTokens: 4 };

/** Writes four tokens; every one must be one that the denoiser may write. */
export const generate = async (
  denoiser: Denoiser,
  prompt: Prompt,
  options: Partial<SampleOptions> = {},
): Promise<void> => {
  const { size, maskId } = denoiser.vocabulary;
  for await (const event of sample({ denoiser, prompts: [prompt], ...small, ...options })) {
    if (event.type === 'step-end') continue;
    for (const { tokenIds } of event.trajectories) {
      const wrong = Array.from(tokenIds).find((id) => !(id >= 0 && id < size) || id === maskId);
      if (wrong !== undefined) throw new HostileFinding('wrong accept', `token ${wrong} was written`);
    }
  }
};

/** Loads a denoiser, writes four tokens, and lets go of it. */
export const useDenoiser = async (directory: string, prompt: Prompt = 'Hi'): Promise<void> => {
  const denoiser = await loadDenoiser(directory, { backend });
  try {
    await generate(denoiser, prompt);
  } finally {
    await denoiser.dispose();
  }
};

/** Scores a response; the score must be a number. */
export const score = async (
  reward: Pick<DifferentiableReward, 'score'>,
  prompt: Prompt,
  response: string,
): Promise<void> => {
  const [value] = await reward.score(prompt, [response]);
  if (!Number.isFinite(value)) throw new HostileFinding('wrong accept', `the reward is ${value}`);
};

/** Loads a reward, scores a response, and lets go of it. */
export const useReward = async (directory: string, prompt: Prompt = 'Hi'): Promise<void> => {
  const reward = await loadReward(directory, { backend });
  try {
    await score(reward, prompt, 'Yes.');
  } finally {
    await reward.dispose();
  }
};

const once = <T>(load: (name: string) => Promise<T>) => {
  const loaded = new Map<string, Promise<T>>();
  return (name: string): Promise<T> => {
    const known = loaded.get(name) ?? load(name);
    loaded.set(name, known);
    return known;
  };
};

/** Fixtures that many cases share. */
export const denoiserOf = once((name) => loadDenoiser(fixture(name), { backend }));
export const rewardOf = once((name) => loadReward(fixture(name), { backend }));
