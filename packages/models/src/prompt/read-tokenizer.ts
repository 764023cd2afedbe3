import { folderOf } from '#platform/folder-of';
import type { TemplateOptions } from '../contracts/template-options.js';
import type { Tokenizer } from '../contracts/tokenizer.js';
import { type ConfigReader, configReader } from '../files/config-reader.js';
import { requireJson } from '../files/json-file.js';
import { loadTokenizer } from './load-tokenizer.js';

/**
 * The tokenizer and config.json of a directory in Hugging Face layout whose network is somewhere else, as in
 * an ONNX file; `rows` is the length of its embedding table.
 * @throws CheckpointError as loadClassifier does
 */
export const readTokenizer = async (
  directory: string,
  vocabularySize: number,
  options: TemplateOptions = {},
): Promise<{ tokenizer: Tokenizer; config: ConfigReader }> => {
  const source = folderOf(directory);
  const config = configReader(await requireJson(source, 'config.json'), `${directory}/config.json`);
  return {
    tokenizer: await loadTokenizer(source, { config, vocabularySize: vocabularySize }, options),
    config,
  };
};
