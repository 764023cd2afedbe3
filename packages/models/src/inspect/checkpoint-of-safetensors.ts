import type { DataType } from '@entrgi/core';
import { elementCount } from '@entrgi/onnx/internal';
import { architectureName } from '../checkpoint/architecture-name.js';
import { readCheckpoint } from '../checkpoint/checkpoint.js';
import type { Folder } from '../files/byte-source.js';
import { fitCheckpoint } from '../network/fit-checkpoint.js';
import { loadTokenizer } from '../prompt/load-tokenizer.js';
import { checkedWeights } from '../weights/checked-weights.js';
import type { CheckpointFacts } from './checkpoint-facts.js';

/** The facts of a folder with safetensors; throws what loading it would throw. */
export const checkpointOfSafetensors = async (folder: Folder): Promise<CheckpointFacts> => {
  const { checkpoint, network, leftOut } = await fitCheckpoint(await readCheckpoint(folder));
  checkedWeights(checkpoint, network);
  const { vocabulary } = await loadTokenizer(checkpoint.source, {
    config: checkpoint.config,
    vocabularySize: network.vocabularySize,
    mark: network.task === 'classifier' ? network.mark : undefined,
  });
  const used = [...network.parameters.keys()].map((name) => checkpoint.tensors.get(name)!);
  const dataTypes: Partial<Record<DataType, number>> = {};
  for (const { type, dims } of used) dataTypes[type] = (dataTypes[type] ?? 0) + elementCount(dims);
  return {
    name: checkpoint.name,
    architecture: architectureName(checkpoint),
    task: network.task,
    parameters: used.reduce((sum, { dims }) => sum + elementCount(dims), 0),
    dataTypes,
    bytes: used.reduce((sum, { length }) => sum + length, 0),
    files: [...new Set(used.map(({ file }) => file))].sort(),
    leftOut,
    ...(network.task === 'classifier' ? { labels: network.labels } : {}),
    layers: network.layers,
    width: network.width,
    maxLength: network.maxLength,
    vocabularySize: network.vocabularySize,
    tokens: vocabulary.tokens.filter((token) => token !== undefined).length,
    vocabulary,
  };
};
