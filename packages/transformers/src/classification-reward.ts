import { InvalidArgumentError, type Reward } from '@entrgi/core';
import { type OptionNames, requireKnownOptions, requireName, requireText } from '@entrgi/core/internal';
import { dialogueInputs } from './dialogue/dialogue-inputs.js';
import { requireLength } from './dialogue/require-length.js';
import type { LibraryModel } from './library/contract.js';
import { type LoadedModel, openModel } from './library/open-model.js';
import { type LoadingOptions, loadingOf, loadingOptionNames } from './loading-options.js';
import { textReward } from './text-reward.js';

/** Which label is the reward, of what, and how it counts. */
export interface ClassificationRewardOptions extends LoadingOptions {
  /**
   * By number, or as config.json's id2label calls it.
   * @default the only one there is
   */
  readonly label?: number | string | undefined;
  /**
   * What is classified: the prompt with its response, in the chat template or else as a pair of texts, or the
   * response alone.
   * @default `dialogue`
   */
  readonly reads?: 'dialogue' | 'response' | undefined;
  /**
   * The model's raw score of the label, or its probability.
   * @default `logit`
   */
  readonly as?: 'logit' | 'probability' | undefined;
  readonly name?: string | undefined;
}

const optionNames: OptionNames<ClassificationRewardOptions> = {
  ...loadingOptionNames,
  label: true,
  reads: (name, value) => requireName(name, value, ['dialogue', 'response']),
  as: (name, value) => requireName(name, value, ['logit', 'probability']),
  name: requireText,
};

/**
 * A text classifier as a reward: a reward model, a classifier of sentiment or toxicity, a judge of grammar.
 * `model` is a directory, an id on the hub, or a pipeline that is loaded.
 * @throws InvalidArgumentError for an unknown option or label, NotFoundError for a model that is not there,
 *   BackendError where @huggingface/transformers is missing
 */
export const classificationReward = async (
  model: string | LoadedModel,
  options: ClassificationRewardOptions = {},
): Promise<Reward> => {
  requireKnownOptions('classificationReward', options, optionNames);
  const { label, reads = 'dialogue', as = 'logit' } = options;
  const opened = await openModel(
    'classificationReward',
    model,
    'AutoModelForSequenceClassification',
    loadingOf(options),
  );
  const { tokenizer, close } = opened;
  const name = options.name ?? opened.name;
  let at: number;
  try {
    at = labelIn(opened.model, label);
  } catch (error) {
    await close();
    throw error;
  }
  return textReward({
    name,
    async rate(prompt, response) {
      const inputs = reads === 'response' ? tokenizer(response) : dialogueInputs(tokenizer, prompt, response);
      requireLength(name, inputs.input_ids.dims[1]!, tokenizer, response);
      const { logits } = await opened.model(inputs);
      const scores = Array.from(logits!.to('float32').data);
      return as === 'logit' ? scores[at]! : probability(scores, at, opened.model);
    },
    close,
  });
};

/** Which of the labels. */
const labelIn = ({ config }: LibraryModel, label: number | string | undefined): number => {
  const labels = Object.values(config.id2label ?? {});
  const at =
    label === undefined && labels.length === 1
      ? 0
      : typeof label === 'string'
        ? labels.indexOf(label)
        : label;
  if (at !== undefined && Number.isInteger(at) && at >= 0 && at < labels.length) return at;
  throw new InvalidArgumentError(
    `label: expected one of ${labels.join(', ')}, or their number, got ${label === undefined ? 'none' : label}.`,
    { value: label, argument: 'label' },
  );
};

/** Of one label among others that exclude it, or by itself. */
const probability = (scores: readonly number[], at: number, { config }: LibraryModel): number => {
  const isAlone = scores.length === 1 || config.problem_type === 'multi_label_classification';
  const others = isAlone ? [0, scores[at]!] : scores;
  return 1 / others.reduce((sum, score) => sum + Math.exp(score - scores[at]!), 0);
};
