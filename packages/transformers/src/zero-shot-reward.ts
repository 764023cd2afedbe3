import type { Reward } from '@entrgi/core';
import { type OptionNames, requireKnownOptions, requireText, requireThat } from '@entrgi/core/internal';
import { type LoadedPipeline, openPipeline } from './library/open-pipeline.js';
import { type LoadingOptions, loadingOf, loadingOptionNames } from './loading-options.js';
import { textReward } from './text-reward.js';

/** What a response is to be. */
export interface ZeroShotRewardOptions extends LoadingOptions {
  /** In words: `cheerful`. */
  readonly label: string;
  /**
   * What else it might be: the reward is the label's share among them.
   * @default nothing; the reward is then how much rather it is entailed than contradicted
   */
  readonly against?: readonly string[] | undefined;
  /**
   * The sentence that says so, with {} for the label.
   * @default `This example is {}.`
   */
  readonly hypothesis?: string | undefined;
  readonly name?: string | undefined;
}

const optionNames: OptionNames<ZeroShotRewardOptions> = {
  ...loadingOptionNames,
  label: (name, value) =>
    requireThat(name, value, 'a label in words', typeof value === 'string' && value !== ''),
  against: (name, value) =>
    requireThat(
      name,
      value,
      'an array of labels',
      Array.isArray(value) && value.every((each) => typeof each === 'string'),
    ),
  hypothesis: (name, value) =>
    requireThat(name, value, 'a sentence with {}', typeof value === 'string' && value.includes('{}')),
  name: requireText,
};

/**
 * How much a response, read alone, is what a label says, in [0, 1]: zero-shot classification by a model of
 * natural language inference. `model` is a directory, an id on the hub, or a pipeline of
 * `zero-shot-classification`.
 * @huggingface/transformers is missing.
 * @throws InvalidArgumentError for options that cannot work, NotFoundError for a model that is not there,
 *   BackendError where
 */
export const zeroShotReward = async (
  model: string | LoadedPipeline,
  options: ZeroShotRewardOptions,
): Promise<Reward> => {
  requireKnownOptions('zeroShotReward', options, optionNames);
  const { label, against = [], hypothesis } = options;
  requireText('zeroShotReward: label', label);
  const { pipeline, close, ...opened } = await openPipeline(
    'zeroShotReward',
    model,
    'zero-shot-classification',
    loadingOf(options),
  );
  const settings = hypothesis === undefined ? {} : { hypothesis_template: hypothesis };
  return textReward({
    name: options.name ?? `${label}, by ${opened.name}`,
    async rate(_, response) {
      const { labels, scores } = await pipeline(response, [label, ...against], settings);
      return scores[labels.indexOf(label)];
    },
    // With each label's sentence.
    passes: 1 + against.length,
    close,
  });
};
