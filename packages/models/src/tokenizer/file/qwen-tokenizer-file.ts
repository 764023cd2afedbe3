import { CheckpointError } from '@entrgi/core';
import type { Files } from '../../files/byte-source.js';
import { readJson, readText } from '../../files/json-file.js';
import { qwenParts } from './tokenizer-class.js';

/** Files of a byte-level tokenizer that was never saved as tokenizer.json. */
export const qwenTokenizerFiles = ['vocab.json', 'merges.txt'] as const;

/** Classes that split text as Qwen2 does. Dream's own class reads the same files in the same way. */
const classes = ['Qwen2Tokenizer', 'Qwen2TokenizerFast', 'DreamTokenizer'];

/**
 * What tokenizer.json would say, from vocab.json, merges.txt and the added_tokens_decoder of
 * tokenizer_config.json (`settings`), as the Dream checkpoints have them; undefined where the folder has no
 * such files or the tokenizer is of another class.
 */
export const qwenTokenizerFile = async (
  folder: Files,
  settings: Readonly<Record<string, unknown>>,
): Promise<Record<string, unknown> | undefined> => {
  const { tokenizer_class: name, added_tokens_decoder: added } = settings;
  if (typeof name !== 'string' || !classes.includes(name)) return undefined;
  const vocab = await readJson(folder, 'vocab.json');
  const merges = await readText(folder, 'merges.txt');
  if (vocab === undefined || merges === undefined) return undefined;
  if (typeof added !== 'object' || added === null) {
    throw new CheckpointError(
      `${folder.name}/tokenizer_config.json: expected added_tokens_decoder, as there is no tokenizer.json.`,
      {
        value: added,
        hint: 'Save the tokenizer again with a newer transformers.',
      },
    );
  }
  return {
    ...qwenParts(false),
    added_tokens: Object.entries(added).map(([id, token]) => ({ ...token, id: Number(id) })),
    model: {
      type: 'BPE',
      vocab,
      merges: merges
        .split(/\r?\n/)
        .filter((line, i) => line !== '' && !(i === 0 && line.startsWith('#version')))
        .map((line) => line.split(' ')),
    },
  };
};
