import { CONTRACT_VERSION, disposable, NumericalError, type Prompt, type Reward } from '@entrgi/core';
import { requireText, requireThat } from '@entrgi/core/internal';

export interface TextRewardOptions {
  readonly name: string;
  rate(prompt: Prompt, response: string): Promise<number>;
  /**
   * Sequences through the model for one response.
   * @default 1
   */
  readonly passes?: number | undefined;
  close(): Promise<void>;
}

/**
 * A reward that rates one response after the other, so that none depends on what else is rated.
 * @throws InvalidArgumentError for what is no text, NumericalError where a reward is not finite
 */
export const textReward = ({ name, rate, passes = 1, close }: TextRewardOptions): Reward => ({
  name,
  async score(prompt, responses, { signal, onPasses } = {}) {
    requireThat('responses', responses, 'an array of texts', Array.isArray(responses));
    const scores = new Float64Array(responses.length);
    for (const [i, response] of responses.entries()) {
      requireText(`responses[${i}]`, response);
      signal?.throwIfAborted();
      scores[i] = await rate(prompt, response);
      onPasses?.(passes);
      if (Number.isFinite(scores[i])) continue;
      throw new NumericalError(
        `Reward '${name}': expected a finite reward for response ${i}, got ${scores[i]}.`,
        { value: response, hint: 'Check the weights of the model and their precision.' },
      );
    }
    return scores;
  },
  contract: CONTRACT_VERSION,
  ...disposable(close),
});
