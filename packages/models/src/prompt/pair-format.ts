import { type Prompt, UnsupportedError } from '@entrgi/core';
import type { TokenCodec } from '../vocabulary/token-codec.js';
import { type PlacedToken, pairTemplate } from './pair-template.js';
import type { PromptFormat } from './prompt-format.js';
import { promptMessages } from './prompt-messages.js';

export interface PairFormatSources {
  /** tokenizer.json's. */
  readonly postProcessor: unknown;
  /** What error messages call tokenizer.json. */
  readonly name: string;
  readonly codec: TokenCodec;
  /** Whether the model is told the types; otherwise all are 0. */
  readonly sendsTypes: boolean;
}

/**
 * Two texts, as encoders like BERT take them, laid out by tokenizer.json's post_processor; undefined where it
 * is not made for pairs.
 */
export const pairFormat = ({
  postProcessor,
  name,
  codec,
  sendsTypes,
}: PairFormatSources): PromptFormat | undefined => {
  const pair = pairTemplate(postProcessor, name);
  if (pair === undefined) return undefined;
  const [promptType, responseType] = sendsTypes ? pair.types : [0, 0];
  const textIds = (text: string) => codec.encode([{ text, isTemplate: false }]);
  const idsOf = (tokens: readonly PlacedToken[]) => tokens.map(({ id }) => id);
  const typesOf = (tokens: readonly PlacedToken[]) => tokens.map(({ type }) => (sendsTypes ? type : 0));
  const suffix = Int32Array.from(idsOf(pair.after));
  const suffixTypes = Int32Array.from(typesOf(pair.after));

  const responseSlot = (prompt: Prompt) => {
    const messages = promptMessages(prompt);
    if (messages.length > 1) {
      throw new UnsupportedError(
        'A tokenizer without a chat template takes one user turn, not a conversation.',
        {
          value: prompt,
        },
      );
    }
    const ids = textIds(messages[0]!.content);
    return {
      prefix: Int32Array.from([...idsOf(pair.before), ...ids, ...idsOf(pair.between)]),
      suffix,
      types: {
        prefix: Int32Array.from([
          ...typesOf(pair.before),
          ...ids.map(() => promptType),
          ...typesOf(pair.between),
        ]),
        response: responseType,
        suffix: suffixTypes,
      },
    };
  };
  return {
    prompt: (prompt) => responseSlot(prompt).prefix,
    responseSlot,
    dialogue(prompt, response) {
      const { prefix, types } = responseSlot(prompt);
      const ids = textIds(response);
      return {
        ids: Int32Array.from([...prefix, ...ids, ...suffix]),
        types: Int32Array.from([...types.prefix, ...ids.map(() => responseType), ...suffixTypes]),
      };
    },
  };
};

/** Tokenizer classes of transformers that tell the model the types; the others do not. */
const classesWithTypes = [
  'BertTokenizer',
  'DebertaTokenizer',
  'DebertaV2Tokenizer',
  'ElectraTokenizer',
  'FNetTokenizer',
  'FunnelTokenizer',
];

/**
 * Whether a tokenizer's types reach the model: as tokenizer_config.json's model_input_names say, otherwise as
 * its class, or the model's kind, has it.
 */
export const sendsTypes = (settings: Readonly<Record<string, unknown>>, modelType: unknown): boolean => {
  const { model_input_names: names, tokenizer_class: className } = settings;
  if (Array.isArray(names)) return names.includes('token_type_ids');
  if (typeof className !== 'string') return ['bert', 'deberta', 'deberta-v2'].includes(String(modelType));
  return classesWithTypes.includes(className.replace(/Fast$/, ''));
};
