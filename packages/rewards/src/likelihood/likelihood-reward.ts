import {
  CONTRACT_VERSION,
  type Denoiser,
  type DifferentiableReward,
  disposable,
  InvalidArgumentError,
} from '@entrgi/core';
import {
  type OptionNames,
  requireKnownOptions,
  requireText,
  requireThat,
  requireWhole,
} from '@entrgi/core/internal';
import { type LikelihoodTerm, likelihoodContext } from './likelihood-context.js';
import { logLikelihood } from './log-likelihood.js';

/** How likely a denoiser finds a response is estimated along one denoising path. */
export interface LikelihoodRewardOptions {
  /**
   * Passes through each denoiser for a score: the more, the nearer to what it writes with as many steps.
   * @default 8
   */
  readonly steps?: number | undefined;
  /**
   * Of the order in which tokens are revealed.
   * @default 1
   */
  readonly seed?: number | undefined;
  readonly name?: string | undefined;
}

export const likelihoodRewardOptionNames: OptionNames<LikelihoodRewardOptions> = {
  steps: (name, value) => requireWhole(name, value, 1),
  seed: (name, value) => requireThat(name, value, 'a whole number', Number.isSafeInteger(value)),
  name: requireText,
};

/**
 * A reward that is made of denoisers' log-probabilities, which stay the caller's. `isMean`: per token.
 * @throws InvalidArgumentError
 */
export const likelihoodReward = (
  of: string,
  terms: readonly LikelihoodTerm[],
  options: LikelihoodRewardOptions & { readonly name: string },
  isMean: boolean,
): DifferentiableReward => {
  requireKnownOptions(of, options, likelihoodRewardOptionNames);
  for (const { denoiser } of terms) requireDenoiser(of, denoiser);
  const { name, steps = 8, seed = 1 } = options;
  return {
    name,
    vocabulary: terms[0]!.denoiser.vocabulary,
    async score(prompt, responses, { signal, onPasses } = {}) {
      requireThat('responses', responses, 'an array of texts', Array.isArray(responses));
      const scores = new Float64Array(responses.length);
      for (const [i, response] of responses.entries()) {
        requireText(`responses[${i}]`, response);
        for (const { denoiser, sign } of terms) {
          signal?.throwIfAborted();
          const path = { steps, seed, signal };
          const { sum, tokens, passes } = await logLikelihood(denoiser, prompt, response, path);
          onPasses?.(passes);
          if (tokens > 0) scores[i]! += (sign * sum) / (isMean ? tokens : 1);
        }
      }
      return scores;
    },
    open: async (request) => likelihoodContext({ name, terms, request, isMean }),
    contract: CONTRACT_VERSION,
    ...disposable(async () => {}),
  };
};

const requireDenoiser = (of: string, denoiser: Denoiser): void => {
  const { logits, vocabulary } = (denoiser ?? {}) as Partial<Denoiser>;
  requireThat(
    `${of}: denoiser`,
    denoiser,
    'a denoiser, such as loadDenoiser of @entrgi/models gives',
    typeof logits === 'function',
  );
  if (vocabulary?.maskId !== undefined) return;
  throw new InvalidArgumentError(`${of}: expected a denoiser with a mask token, got none.`, {
    value: vocabulary,
    argument: 'denoiser',
  });
};
