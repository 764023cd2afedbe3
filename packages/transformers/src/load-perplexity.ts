import { type Disposable, disposable } from '@entrgi/core';
import { type OptionNames, requireKnownOptions, requireText } from '@entrgi/core/internal';
import { tokenLogProbabilities } from './causal/token-log-probabilities.js';
import { requireLength } from './dialogue/require-length.js';
import { type LoadedModel, openModel } from './library/open-model.js';
import { type LoadingOptions, loadingOf, loadingOptionNames } from './loading-options.js';

/** How surprising texts are to an autoregressive model. */
export interface Perplexity extends Disposable {
  readonly name: string;
  /**
   * The mean of −log p over the tokens of each text, in nats, whose exponential is its perplexity; null where
   * there is no token to be rated.
   */
  rate(
    texts: readonly string[],
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<(number | null)[]>;
}

/** What the perplexity is called, and how the model that gives it is loaded. */
export interface PerplexityOptions extends LoadingOptions {
  readonly name?: string | undefined;
}

const optionNames: OptionNames<PerplexityOptions> = { ...loadingOptionNames, name: requireText };

/**
 * Perplexity under an autoregressive model: of texts by themselves, behind the token that begins a text (else
 * the one that ends it; without either, the first token is not rated), as lm-evaluation-harness has it.
 * `model` is a directory, an id on the hub, or a pipeline of `text-generation`.
 * @throws InvalidArgumentError for an unknown option and a text that does not fit, NotFoundError for a model
 *   that is not there, BackendError where @huggingface/transformers is missing
 */
export const loadPerplexity = async (
  model: string | LoadedModel,
  options: PerplexityOptions = {},
): Promise<Perplexity> => {
  requireKnownOptions('loadPerplexity', options, optionNames);
  const opened = await openModel('loadPerplexity', model, 'AutoModelForCausalLM', loadingOf(options));
  const { tokenizer, close } = opened;
  const name = options.name ?? opened.name;
  const first = tokenizer.bos_token_id ?? tokenizer.eos_token_id;
  const rateOne = async (text: string): Promise<number | null> => {
    const { input_ids: own } = tokenizer(text, { return_tensor: false, add_special_tokens: false });
    const ids = [...(first === undefined ? [] : [first]), ...own];
    if (ids.length < 2) return null;
    requireLength(name, ids.length, tokenizer, text);
    const logs = await tokenLogProbabilities(opened.model, ids, 1);
    return -logs.reduce((a, b) => a + b, 0) / logs.length;
  };
  return {
    name,
    async rate(texts, { signal } = {}) {
      const rated: (number | null)[] = [];
      for (const [i, text] of texts.entries()) {
        requireText(`texts[${i}]`, text);
        signal?.throwIfAborted();
        rated.push(await rateOne(text));
      }
      return rated;
    },
    ...disposable(close),
  };
};
