import {
  CONTRACT_VERSION,
  disposable,
  InvalidArgumentError,
  NumericalError,
  type Prompt,
  type Reward,
} from '@entrgi/core';
import { requireFunction, requireThat } from '@entrgi/core/internal';

/** Rates responses by any means: one number per response, higher is better. */
export type Rate = (
  prompt: Prompt,
  responses: readonly string[],
  options: {
    readonly signal?: AbortSignal | undefined;
    /** To be told how many sequences went through networks, where that is not one per response. */
    readonly onPasses?: ((count: number) => void) | undefined;
  },
) => ArrayLike<number> | Promise<ArrayLike<number>>;

/**
 * A reward of which only the values are known: a rule, a classifier behind an interface, a person. It ranks
 * (best-of-n); it cannot guide.
 * @throws InvalidArgumentError for a name that is no text or empty and a `rate` that is no function; scoring,
 *   InvalidArgumentError where `rate` returns another number of rewards than responses, NumericalError where
 *   one is not finite
 */
export const blackBoxReward = (name: string, rate: Rate): Reward => {
  requireThat('blackBoxReward: name', name, 'a name', typeof name === 'string' && name.trim() !== '');
  requireFunction('blackBoxReward: rate', rate, 'a function from prompt and responses to numbers');
  return {
    contract: CONTRACT_VERSION,
    name,
    async score(prompt, responses, options = {}) {
      options.signal?.throwIfAborted();
      const rated: ArrayLike<unknown> | null | undefined = await rate(prompt, responses, options);
      if (rated?.length !== responses.length) {
        throw new InvalidArgumentError(
          `Reward '${name}': expected ${responses.length} rewards (one per response), got ${rated?.length ?? String(rated)}.`,
          { value: rated, hint: 'Return one number per response, in their order.' },
        );
      }
      return Float64Array.from(rated, (value, i) => {
        // Text that looks like a number is none, nor is null a zero.
        if (typeof value === 'number' && Number.isFinite(value)) return value;
        throw new NumericalError(
          `Reward '${name}': expected a finite reward for response ${i}, got ${typeof value === 'number' ? value : (JSON.stringify(value) ?? typeof value)}.`,
          { value: responses[i], hint: 'Return a finite number for every response.' },
        );
      });
    },
    ...disposable(async () => {}),
  };
};
