import { type OnWarning, UnsupportedError, type Vocabulary } from '@entrgi/core';
import { type OptionNames, requireFunction, requireThat } from '@entrgi/core/internal';
import { mapTokens } from '@entrgi/models';
import { emitWarning } from './emit-warning.js';

/** What happens where the reward model's vocabulary lacks tokens of the denoiser's. */
export interface RewardTokensOptions {
  /**
   * What a denoiser token that the reward model lacks is embedded as: its unknown (else end) token, or a zero
   * vector. The paper's code does the former for Dream and the latter for LLaDA.
   * @default 'unknown'
   */
  readonly missingTokens?: 'unknown' | 'zero' | undefined;
  /**
   * Smallest share of the denoiser's tokens, as it writes them in a sample text, for which the reward model
   * must have tokens, in [0, 1]; below it, guidance is refused.
   * @default 0.5
   */
  readonly minimumCoverage?: number | undefined;
  /**
   * Told where that share is below 0.9 and guidance goes on.
   * @default a warning of the process, or on the console
   */
  readonly onWarning?: OnWarning | undefined;
}

/** Their names, and what they take. */
export const rewardTokensOptionNames: OptionNames<RewardTokensOptions> = {
  missingTokens: (name, value) =>
    requireThat(name, value, "'unknown' or 'zero'", value === 'unknown' || value === 'zero'),
  minimumCoverage: (name, value) =>
    requireThat(name, value, 'a number from 0 to 1', typeof value === 'number' && value >= 0 && value <= 1),
  onWarning: (name, value) => requireFunction(name, value),
};

/** Below it, a warning: every tenth token is something else to the reward model than to the denoiser. */
const USUAL_COVERAGE = 0.9;
/** Below it, most of what the reward model reads is its unknown token. */
const LEAST_COVERAGE = 0.5;

/**
 * Finds a denoiser's tokens in the reward model's vocabulary, once for each denoiser: their ids there, −1 for
 * a zero vector.
 * @throws UnsupportedError, and warns, where too few are there
 */
export const rewardTokens = (
  name: string,
  own: Vocabulary,
  {
    missingTokens = 'unknown',
    minimumCoverage = LEAST_COVERAGE,
    onWarning = emitWarning,
  }: RewardTokensOptions,
): ((vocabulary: Vocabulary) => Int32Array) => {
  const known = new WeakMap<Vocabulary, Int32Array>();
  return (vocabulary) => {
    let ids = known.get(vocabulary);
    if (ids !== undefined) return ids;
    const map = mapTokens(vocabulary, own, { missingTokens });
    const { coverage } = map;
    const has = `has tokens for ${percent(coverage)} of what the denoiser writes in a sample text`;
    const example = map.missingTokens.slice(0, 5).map((token) => JSON.stringify(token));
    if (coverage < minimumCoverage) {
      throw new UnsupportedError(
        `Reward '${name}': expected it to have tokens for at least ${percent(minimumCoverage)}, but it ${has}` +
          `${example.length === 0 ? '' : ` (it lacks ${example.join(' ')} …)`}.`,
        {
          value: coverage,
          hint: 'Guide with a reward whose tokenizer is more like the denoiser’s, or lower minimumCoverage; for ranking any will do.',
        },
      );
    }
    if (coverage < USUAL_COVERAGE) {
      const seen = missingTokens === 'zero' ? 'nothing' : 'its unknown token';
      onWarning({
        code: 'token-coverage',
        message: `Reward '${name}' ${has}; in place of the rest it reads ${seen}. A reward with the denoiser’s tokenizer guides better.`,
        value: coverage,
      });
    }
    ids = map.ids;
    known.set(vocabulary, ids);
    return ids;
  };
};

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
