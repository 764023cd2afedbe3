import { countedReward } from '../rating/counted-reward.js';
import { ratedEnd } from '../rating/rated-end.js';
import type { Strategy } from '../rating/strategy.js';
import { sample } from '../sample.js';

/**
 * As many trajectories as asked for, which know nothing of each other: unguided, best-of-n; guided, guidance
 * as published; of one, plain sampling.
 */
export const independent = (): Strategy =>
  async function* ({ prompt, reward, ...options }) {
    const rated = countedReward(reward, prompt, options.signal);
    for await (const event of sample({ ...options, prompts: [prompt] })) {
      if (event.type === 'step-end') {
        yield event;
        continue;
      }
      const rewards = await rated.score(event.trajectories.map(({ text }) => text));
      yield ratedEnd([event], event.trajectories, rewards, rated);
    }
  };
