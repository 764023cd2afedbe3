import type { Prompt, Reward } from '@entrgi/core';
import {
  type OptionNames,
  requireKnownOptions,
  requireName,
  requireText,
  requireThat,
} from '@entrgi/core/internal';
import { promptTurns } from './dialogue/prompt-turns.js';
import type { LibraryTensor } from './library/contract.js';
import { type LoadedPipeline, openPipeline } from './library/open-pipeline.js';
import { type LoadingOptions, loadingOf, loadingOptionNames } from './loading-options.js';
import { textReward } from './text-reward.js';

/** What responses are to mean. */
export interface SimilarityRewardOptions extends LoadingOptions {
  /**
   * A text, or that of a prompt.
   * @default the prompt's last turn
   */
  readonly to?: string | ((prompt: Prompt) => string) | undefined;
  /**
   * How the model's tokens become one vector.
   * @default `mean`
   */
  readonly pooling?: 'mean' | 'cls' | 'last_token' | undefined;
  readonly name?: string | undefined;
}

const optionNames: OptionNames<SimilarityRewardOptions> = {
  ...loadingOptionNames,
  to: (name, value) =>
    requireThat(
      name,
      value,
      'a text, or a function from prompt to text',
      ['string', 'function'].includes(typeof value),
    ),
  pooling: (name, value) => requireName(name, value, ['mean', 'cls', 'last_token']),
  name: requireText,
};

/**
 * How near a response is to a text in meaning: the cosine of their sentence embeddings, in [−1, 1]. `model`
 * is a directory, an id on the hub, or a pipeline of `feature-extraction`.
 * @throws InvalidArgumentError for options that cannot work, NotFoundError for a model that is not there,
 *   BackendError where @huggingface/transformers is missing
 */
export const similarityReward = async (
  model: string | LoadedPipeline,
  options: SimilarityRewardOptions = {},
): Promise<Reward> => {
  requireKnownOptions('similarityReward', options, optionNames);
  const { to = (prompt: Prompt) => promptTurns(prompt).at(-1)!.content, pooling = 'mean' } = options;
  const { pipeline, close, ...opened } = await openPipeline(
    'similarityReward',
    model,
    'feature-extraction',
    loadingOf(options),
  );
  const embed = async (text: string): Promise<Float32Array> => {
    const vector: LibraryTensor = await pipeline(text, { pooling, normalize: true });
    return vector.to('float32').data;
  };
  let wanted: { readonly text: string; readonly vector: Float32Array } | undefined;
  return textReward({
    name: options.name ?? `similarity, by ${opened.name}`,
    async rate(prompt, response) {
      const text = typeof to === 'string' ? to : to(prompt);
      if (wanted?.text !== text) wanted = { text, vector: await embed(text) };
      const { vector } = wanted;
      return (await embed(response)).reduce((sum, x, i) => sum + x * vector[i]!, 0);
    },
    close,
  });
};
