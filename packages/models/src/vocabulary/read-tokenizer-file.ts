import { CheckpointError, UnsupportedError } from '@entrgi/core';
import type { Files } from '../files/byte-source.js';
import { readJson, requireJson } from '../files/json-file.js';
import { asTransformers } from '../tokenizer/file/as-transformers.js';
import { qwenTokenizerFile } from '../tokenizer/file/qwen-tokenizer-file.js';
import type { TokenizerFile } from './token-codec.js';

/** Vocabularies in forms that are not read, and what they are. */
const otherVocabularies: Readonly<Record<string, string>> = {
  'tokenizer.model': 'a SentencePiece (or tiktoken) vocabulary',
  'spiece.model': 'a SentencePiece vocabulary',
  'sentencepiece.bpe.model': 'a SentencePiece vocabulary',
  'spm.model': 'a SentencePiece vocabulary',
  'tiktoken.model': 'a tiktoken vocabulary',
  'tekken.json': "Mistral's own form of a vocabulary",
  'vocab.txt': 'a WordPiece vocabulary, one token a line',
  'vocab.json': 'the vocabulary alone',
};

/**
 * Reads tokenizer.json, or the files that stand in for it, and what the other files of the tokenizer say
 * about it, as transformers 5 does. `settings` is tokenizer_config.json. Also returns the special tokens by
 * role (eos_token, pad_token, …).
 */
export const readTokenizerFile = async (
  folder: Files,
  config: Readonly<Record<string, unknown>>,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<{ file: TokenizerFile; roles: Record<string, string> }> => {
  const json = (await readJson(folder, 'tokenizer.json')) ?? (await qwenTokenizerFile(folder, settings));
  const file = json ?? (await otherFiles(folder));
  const model = file.model;
  if (typeof model !== 'object' || model === null) {
    throw new CheckpointError(`${folder.name}/tokenizer.json: expected a model.`, { value: model });
  }
  const result = asTransformers(
    {
      file,
      settings,
      specialTokensMap: (await readJson(folder, 'special_tokens_map.json')) ?? {},
      addedTokens: (await readJson(folder, 'added_tokens.json')) ?? {},
      config,
    },
    folder.name,
  );
  return { file: result.file as unknown as TokenizerFile, roles: result.roles };
};

/** Says what the folder has in place of a tokenizer.json. */
const otherFiles = async (folder: Files): Promise<Record<string, unknown>> => {
  for (const [file, what] of Object.entries(otherVocabularies)) {
    const source = await folder.open(file);
    if (source === undefined) continue;
    await source.close();
    throw new UnsupportedError(
      `${folder.name}: there is no tokenizer.json, and ${file} is ${what}, which is not read.`,
      {
        value: file,
        hint: 'Make tokenizer.json from it: in Python, AutoTokenizer.from_pretrained(FOLDER).save_pretrained(FOLDER).',
      },
    );
  }
  return requireJson(folder, 'tokenizer.json');
};
