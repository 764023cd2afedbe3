import type { DataType } from '@entrgi/core';
import { canonicalize, decodeModel, type Model } from '@entrgi/onnx';
import { byteSize, elementCount, skimModel } from '@entrgi/onnx/internal';
import { readLabels } from '../blocks/layers/labels.js';
import { architectureName } from '../checkpoint/architecture-name.js';
import { checkpointName } from '../checkpoint/checkpoint-name.js';
import type { Folder } from '../files/byte-source.js';
import { type ConfigReader, configReader } from '../files/config-reader.js';
import { requireJson } from '../files/json-file.js';
import { longestSequence } from '../onnx/longest-sequence.js';
import { wordLookup } from '../onnx/word-lookup.js';
import { loadTokenizer } from '../prompt/load-tokenizer.js';
import type { CheckpointFacts } from './checkpoint-facts.js';

/**
 * The facts of an ONNX model of a folder. Its weights are not read.
 * @throws CheckpointError, InvalidModelError and UnsupportedError for what cannot be read
 */
export const checkpointOfOnnx = async (folder: Folder, file: string): Promise<CheckpointFacts> => {
  const config = configReader(await requireJson(folder, 'config.json'), `${folder.name}/config.json`);
  const model = await lookAtModel(folder, file);
  const { initializers, outputs } = model.graph;
  const logits = outputs.get('logits')?.dims;
  const isDenoiser = logits?.length === 3;
  const vocabularySize = rowsOf(config, isDenoiser ? logits[2] : undefined, model, `${folder.name}/${file}`);
  const { vocabulary } = await loadTokenizer(folder, { config, vocabularySize });
  const dataTypes: Partial<Record<DataType, number>> = {};
  const files = new Set([file]);
  let [parameters, bytes] = [0, 0];
  const base = file.slice(0, file.lastIndexOf('/') + 1);
  for (const { type, dims, external } of initializers.values()) {
    const count = elementCount(dims);
    dataTypes[type] = (dataTypes[type] ?? 0) + count;
    parameters += count;
    bytes += type === 'string' ? 0 : byteSize(type, count);
    if (external !== undefined) files.add(base + external.location);
  }
  return {
    name: checkpointName(folder.name),
    architecture: architectureName({ config }),
    task: isDenoiser ? 'denoiser' : 'classifier',
    parameters,
    dataTypes,
    bytes,
    files: [...files].sort(),
    leftOut: [],
    ...(isDenoiser ? {} : { labels: readLabels(config) }),
    ...(saysLength(config) ? { maxLength: longestSequence(config) } : {}),
    vocabularySize,
    tokens: vocabulary.tokens.filter((token) => token !== undefined).length,
    vocabulary,
    model,
  };
};

const lookAtModel = async (folder: Folder, file: string): Promise<Model> => {
  const opened = (await folder.open(file))!;
  try {
    return decodeModel(await skimModel(opened, file.slice(file.lastIndexOf('/') + 1)), { lookOnly: true });
  } finally {
    await opened.close();
  }
};

const saysLength = (config: ConfigReader): boolean =>
  ['max_position_embeddings', 'n_positions'].some((field) => config.raw(field) !== undefined);

/** As config.json says, else as the graph does. */
const rowsOf = (config: ConfigReader, columns: unknown, model: Model, name: string): number => {
  if (config.raw('vocab_size') !== undefined) return config.count('vocab_size');
  return typeof columns === 'number' ? columns : wordLookup(canonicalize(model), name).vocabularySize;
};
