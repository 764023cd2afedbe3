import { CheckpointError } from '@entrgi/core';
import type { HubFile } from './hub-repository.js';
import { qwenTokenizerFiles } from './qwen-tokenizer-file.js';

/** What is wanted besides weights and the tokenizer's vocabulary, where the repository has it. */
const settingsFiles = [
  'config.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'added_tokens.json',
  'chat_template.jinja',
  'chat_template.json',
  'generation_config.json',
];

/**
 * The files of a repository that loading a checkpoint needs; `readShards` is called with the index where the weights are in several, and
 * names them. Throws CheckpointError, before anything is fetched, where the weights are in no format that can be loaded.
 */
export const wantedFiles = async (
  id: string,
  files: readonly HubFile[],
  readShards: (index: HubFile) => Promise<Iterable<string>>,
): Promise<HubFile[]> => {
  const byName = new Map(files.map((file) => [file.name, file]));
  const required = (name: string, cure: string): HubFile => {
    const file = byName.get(name);
    if (file !== undefined) return file;
    throw new CheckpointError(`${id}: the repository has no ${name}.`, { value: name, cure });
  };
  const layout = 'Expected a model in the layout of transformers.';
  required('config.json', layout);
  const vocabulary = qwenTokenizerFiles.flatMap((name) => byName.get(name) ?? []);
  const tokenizer =
    !byName.has('tokenizer.json') && vocabulary.length === qwenTokenizerFiles.length
      ? vocabulary
      : [required('tokenizer.json', layout)];
  const settings = [...settingsFiles.flatMap((name) => byName.get(name) ?? []), ...tokenizer];
  const whole = byName.get('model.safetensors');
  if (whole !== undefined) return [...settings, whole];
  const index = required(
    'model.safetensors.index.json',
    'It has no model.safetensors either; weights in other formats (pytorch_model.bin, gguf) have to be converted first.',
  );
  const shards = [...new Set(await readShards(index))].map((name) =>
    required(name, `${index.name} names it: tell the repository's author.`),
  );
  return [...settings, index, ...shards];
};
