import type { Prompt, Reward } from '@entrgi/core';
import { type OptionNames, requireBoolean, requireKnownOptions, requireText } from '@entrgi/core/internal';
import { tokenLogProbabilities } from './causal/token-log-probabilities.js';
import { hasTemplate } from './dialogue/dialogue-inputs.js';
import { onlyTurn, promptTurns } from './dialogue/prompt-turns.js';
import { requireLength } from './dialogue/require-length.js';
import type { LibraryTokenizer } from './library/contract.js';
import { type LoadedModel, openModel } from './library/open-model.js';
import { type LoadingOptions, loadingOf, loadingOptionNames } from './loading-options.js';
import { textReward } from './text-reward.js';

/** How the likelihood of a response is added up, and how the model that gives it is loaded. */
export interface LikelihoodRewardOptions extends LoadingOptions {
  /**
   * The sum over the response's tokens, and not their mean.
   * @default false
   */
  readonly total?: boolean | undefined;
  readonly name?: string | undefined;
}

const optionNames: OptionNames<LikelihoodRewardOptions> = {
  ...loadingOptionNames,
  total: requireBoolean,
  name: requireText,
};

/**
 * How likely an autoregressive model finds a response to its prompt: the mean of log p over the response's
 * tokens and the token that ends it. `model` is a directory, an id on the hub, or a pipeline of
 * `text-generation`.
 * @huggingface/transformers is missing.
 * @throws InvalidArgumentError for an unknown option and a text that does not fit, NotFoundError for a model
 *   that is not there, BackendError where
 */
export const likelihoodReward = async (
  model: string | LoadedModel,
  options: LikelihoodRewardOptions = {},
): Promise<Reward> => {
  requireKnownOptions('likelihoodReward', options, optionNames);
  const opened = await openModel('likelihoodReward', model, 'AutoModelForCausalLM', loadingOf(options));
  const { tokenizer, close } = opened;
  const name = options.name ?? `likelihood, by ${opened.name}`;
  return textReward({
    name,
    async rate(prompt, response) {
      const before = promptIds(tokenizer, prompt);
      const { input_ids: own } = tokenizer(response, { return_tensor: false, add_special_tokens: false });
      const end = tokenizer.eos_token_id;
      const ids = [...before, ...own, ...(end === undefined ? [] : [end])];
      requireLength(name, ids.length, tokenizer, response);
      const logs = await tokenLogProbabilities(opened.model, ids, before.length);
      const sum = logs.reduce((a, b) => a + b, 0);
      return options.total === true || logs.length === 0 ? sum : sum / logs.length;
    },
    close,
  });
};

/** Up to where the response begins. */
const promptIds = (tokenizer: LibraryTokenizer, prompt: Prompt): number[] =>
  hasTemplate(tokenizer)
    ? Array.from(
        tokenizer.apply_chat_template(promptTurns(prompt), { add_generation_prompt: true, return_dict: true })
          .input_ids.data,
        Number,
      )
    : [...tokenizer(onlyTurn(prompt), { return_tensor: false }).input_ids];
