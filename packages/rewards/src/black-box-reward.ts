import { InvalidArgumentError, NumericalError, type Prompt, type Reward } from '@entrgi/core';

/** Rates responses by any means: one number per response, higher is better. */
export type Rate = (
  prompt: Prompt,
  responses: readonly string[],
  options: { readonly signal?: AbortSignal | undefined },
) => ArrayLike<number> | Promise<ArrayLike<number>>;

/**
 * A reward of which only the values are known: a rule, a classifier behind an interface, a person. It ranks (best-of-n); it cannot guide.
 * Scoring throws InvalidArgumentError where `rate` returns another number of rewards than responses, NumericalError where one is not finite.
 */
export const blackBoxReward = (name: string, rate: Rate): Reward => ({
  name,
  async score(prompt, responses, options = {}) {
    options.signal?.throwIfAborted();
    const rewards = Float64Array.from(await rate(prompt, responses, options));
    if (rewards.length !== responses.length) {
      throw new InvalidArgumentError(
        `Reward '${name}': expected ${responses.length} rewards (one per response), got ${rewards.length}.`,
        { value: rewards, cure: 'Return one number per response, in their order.' },
      );
    }
    rewards.forEach((value, i) => {
      if (Number.isFinite(value)) return;
      throw new NumericalError(
        `Reward '${name}': expected a finite reward for response ${i}, got ${value}.`,
        { value: responses[i], cure: 'Return a finite number for every response.' },
      );
    });
    return rewards;
  },
  async dispose() {},
});
