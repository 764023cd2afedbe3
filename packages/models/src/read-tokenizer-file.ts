import { CheckpointError } from '@entrgi/core';
import type { Folder } from './byte-source.js';
import { readJson, requireJson } from './json-file.js';
import { qwenTokenizerFile } from './qwen-tokenizer-file.js';
import type { TokenizerFile } from './token-codec.js';

/**
 * Reads tokenizer.json, or the files that stand in for it, and checks what is relied on: the vocabulary and the added tokens, their ids being rows of an embedding table.
 * (A table may have more rows than there are tokens.)
 */
export const readTokenizerFile = async (
  folder: Folder,
  rows: number,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<TokenizerFile> => {
  const json =
    (await readJson(folder, 'tokenizer.json')) ??
    (await qwenTokenizerFile(folder, settings)) ??
    (await requireJson(folder, 'tokenizer.json'));
  const name = `${folder.name}/tokenizer.json`;
  const fail = (message: string, value: unknown): never => {
    throw new CheckpointError(`${name}: ${message}.`, { value });
  };
  const model = json.model as TokenizerFile['model'] | undefined;
  if (typeof model !== 'object' || model === null) fail('expected a model', model);
  const { vocab } = model!;
  const isId = (id: unknown) => Number.isSafeInteger(id) && (id as number) >= 0;
  if (Array.isArray(vocab)) {
    const entry = vocab.find(
      (piece) => !Array.isArray(piece) || typeof piece[0] !== 'string' || typeof piece[1] !== 'number',
    );
    if (entry !== undefined) fail('model.vocab: expected pairs of piece and score', entry);
  } else if (typeof vocab !== 'object' || vocab === null) {
    fail('expected model.vocab', vocab);
  } else {
    // Not by Object.entries: lists of 150,000 pairs would be most of the memory that loading leaves behind.
    for (const token in vocab) {
      const id = (vocab as Record<string, unknown>)[token];
      if (!isId(id)) fail(`model.vocab: expected an id for ${JSON.stringify(token)}`, id);
    }
  }
  const added = (json.added_tokens ?? []) as TokenizerFile['added_tokens'];
  if (!Array.isArray(added)) fail('expected added_tokens to be a list', added);
  for (const token of added) {
    if (typeof token?.content !== 'string' || token.content === '' || !isId(token.id)) {
      fail('added_tokens: expected content and id', token);
    }
  }
  const requireRow = (token: string, id: number): void => {
    if (id < rows) return;
    throw new CheckpointError(
      `${name}: token ${JSON.stringify(token)} has id ${id}, but the embedding table has ${rows} rows.`,
      { value: id, cure: 'tokenizer.json and model.safetensors must come from the same model.' },
    );
  };
  if (Array.isArray(vocab)) for (const [id, [token]] of vocab.entries()) requireRow(token, id);
  else for (const token in vocab as object) requireRow(token, (vocab as Record<string, number>)[token]!);
  for (const { content, id } of added) requireRow(content, id);
  // These keys may be absent, but the tokenizer wants to see them.
  const optional = { normalizer: null, pre_tokenizer: null, post_processor: null, decoder: null };
  return { ...optional, ...json, model: model!, added_tokens: added };
};
