import { NumericalError, type Prompt, type Reward } from '@entrgi/core';
import { countedScore, requireThat } from '@entrgi/core/internal';

/** Rates texts, equal ones once, and counts what that takes. */
export interface CountedReward {
  score(texts: readonly string[]): Promise<Float64Array>;
  passes(): number;
  ms(): number;
}

/**
 * Throws InvalidArgumentError for another number of rewards than texts, NumericalError where one is not
 * finite.
 */
export const countedReward = (
  reward: Reward,
  prompt: Prompt,
  signal: AbortSignal | undefined,
): CountedReward => {
  let passes = 0;
  let ms = 0;
  return {
    passes: () => passes,
    ms: () => ms,
    async score(texts) {
      const distinct = [...new Set(texts)];
      const start = performance.now();
      const { rewards, passes: taken } = await countedScore(reward, prompt, distinct, { signal });
      ms += performance.now() - start;
      passes += taken;
      const name = `rewards of '${reward.name}'`;
      const domain = `${distinct.length}, one per response`;
      requireThat(name, rewards?.length, domain, rewards?.length === distinct.length);
      const known = new Map(distinct.map((text, i) => [text, rewards[i]!]));
      return Float64Array.from(texts, (text) => {
        const value = known.get(text)!;
        if (Number.isFinite(value)) return value;
        throw new NumericalError(`Reward '${reward.name}': expected a finite reward, got ${value}.`, {
          value: text,
          hint: 'Check the weights of the reward model and their precision.',
        });
      });
    },
  };
};
