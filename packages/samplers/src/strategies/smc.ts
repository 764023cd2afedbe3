import type { PromptEndEvent } from '@entrgi/core';
import { particleFilter } from '../particles/particle-filter.js';
import { sizesOf } from '../particles/sizes-of.js';
import { type SmcOptions, smcSettings } from '../particles/smc-options.js';
import { countedReward } from '../rating/counted-reward.js';
import { ratedEnd } from '../rating/rated-end.js';
import type { Strategy } from '../rating/strategy.js';
import { steered } from '../sample.js';

/**
 * Feynman–Kac steering (arXiv 2501.06848): the trajectories are particles that are weighed every few steps by
 * the reward of complete responses drawn from where they stand, and go on in proportion. Any reward steers.
 * With guidance, which then proposes, weights make up for what it prefers, exactly where the order looks at
 * no drawn token (`entropy`, `origin`, `random`, without `deprioritizeEos`).
 * @throws InvalidArgumentError for options that cannot work
 */
export const smc = (options: SmcOptions = {}): Strategy => {
  const settings = smcSettings('smc', options);
  return async function* ({ prompt, reward, ...sampling }) {
    const rated = countedReward(reward, prompt, sampling.signal);
    const filter = particleFilter({
      ...settings,
      ...sizesOf(sampling, settings.every),
      denoiser: sampling.denoiser,
      rated,
    });
    let run: PromptEndEvent | undefined;
    for await (const event of steered({ ...sampling, prompts: [prompt] }, filter)) {
      if (event.type === 'step-end') yield event;
      else run = event;
    }
    const rewards = filter.paths().map((path) => path.at(-1)!.reward);
    yield ratedEnd([run!], run!.trajectories, rewards, rated);
  };
};
