import { CheckpointError } from '@entrgi/core';
import type { Mark } from '../contracts/network.js';
import { checkTemplateOptions, type TemplateOptions } from '../contracts/template-options.js';
import type { Tokenizer } from '../contracts/tokenizer.js';
import type { Files } from '../files/byte-source.js';
import { type ConfigReader, configReader } from '../files/config-reader.js';
import { readJson } from '../files/json-file.js';
import type { EndTokens } from '../vocabulary/end-tokens.js';
import { readTokenizerFile } from '../vocabulary/read-tokenizer-file.js';
import { readVocabulary } from '../vocabulary/read-vocabulary.js';
import { tokenCodec } from '../vocabulary/token-codec.js';
import { tokenSpelling } from '../vocabulary/token-spelling.js';
import { chatFormat } from './chat-format.js';
import { markTokens } from './mark-tokens.js';
import { pairFormat, sendsTypes } from './pair-format.js';
import type { PromptFormat } from './prompt-format.js';

/** What its chat template is given, and which tokens end a response. */
export interface TokenizerOptions extends TemplateOptions {
  /** @default every token that ends a turn */
  readonly endTokens?: EndTokens | undefined;
}

/** A tokenizer of a network that looks for a text. */
export interface MarkedTokenizer extends Tokenizer {
  /** The tokens of that text. */
  readonly mark: readonly number[] | undefined;
}

/**
 * Loads the tokenizer of a checkpoint folder: tokenizer.json, tokenizer_config.json, special_tokens_map.json,
 * chat_template.jinja and generation_config.json, of which only the first must exist; in place of it,
 * vocab.json and merges.txt will do for Qwen2's and Dream's. Nothing is fetched.
 */
export const loadTokenizer = async (
  folder: Files,
  model: {
    readonly config: ConfigReader;
    readonly vocabularySize: number;
    readonly maskToken?: string | undefined;
    readonly mark?: Mark | undefined;
  },
  options: TokenizerOptions = {},
): Promise<MarkedTokenizer> => {
  checkTemplateOptions(options);
  const settings = (await readJson(folder, 'tokenizer_config.json')) ?? {};
  const fields = (...names: string[]) =>
    Object.fromEntries(names.map((name) => [name, model.config.raw(name)]));
  const { file, roles } = await readTokenizerFile(folder, fields('model_type', 'tokenizer_class'), settings);
  const generation = await readJson(folder, 'generation_config.json');
  const name = `${folder.name}/tokenizer.json`;
  const codec = await tokenCodec(file, settings, name, model.vocabularySize);
  const { templateVariables, templateDate } = options;
  // Read also where a chat template goes before it: a file that contradicts itself is refused.
  const pair = pairFormat({
    postProcessor: file.post_processor,
    name,
    codec,
    sendsTypes: sendsTypes(settings, model.config.raw('model_type')),
  });
  const { mark } = model;
  const stepMark = mark?.endsSteps === true ? mark.text : undefined;
  const chat = await chatFormat(folder, {
    ...{ settings, roles, codec, stepMark, templateVariables, templateDate },
  });
  // What is marked stands in a template.
  const found = chat ?? (mark === undefined ? pair : undefined);
  const format = (): PromptFormat => {
    if (found !== undefined) return found;
    throw new CheckpointError(`${folder.name}: the tokenizer has no chat template.`, {
      value: folder.name,
      hint: 'Add chat_template to tokenizer_config.json, or a file chat_template.jinja.',
    });
  };
  const vocabulary = readVocabulary({
    vocabularySize: model.vocabularySize,
    codec,
    spelling: tokenSpelling({ ...file, added_tokens: codec.addedTokens }, codec.tokens),
    config: model.config,
    maskToken: model.maskToken,
    generation:
      generation === undefined
        ? undefined
        : configReader(generation, `${folder.name}/generation_config.json`),
    roles,
    closingId: found?.closingId,
    endTokens: options.endTokens ?? 'turn',
    name: folder.name,
  });
  const ends = new Set(vocabulary.endIds);
  const specials = new Set(vocabulary.specialIds);

  return {
    vocabulary,
    mark: mark && markTokens(mark, { codec, format: format(), name: folder.name }),
    encodeText: (text) => Int32Array.from(codec.encode([{ text, isTemplate: false }])),
    encodePrompt: (prompt) => format().prompt(prompt),
    encodeDialogue: (prompt, response) => format().dialogue(prompt, response),
    responseSlot: (prompt) => format().responseSlot(prompt),
    decode(ids) {
      const text: number[] = [];
      for (const id of Array.from(ids)) {
        if (ends.has(id)) break;
        if (!specials.has(id) && vocabulary.tokens[id] !== undefined) text.push(id);
      }
      return codec.decode(text);
    },
  };
};
