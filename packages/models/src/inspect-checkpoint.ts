import { type DataType, requireBoolean, requireKnownOptions, type Vocabulary } from '@entrgi/core';
import { elementCount } from '@entrgi/onnx/internal';
import { architectureName } from './checkpoint/architecture-name.js';
import { readCheckpoint } from './checkpoint/checkpoint.js';
import { type HubOptions, hubOptionNames } from './hub/hub-options.js';
import { fitCheckpoint } from './network/fit-checkpoint.js';
import { loadTokenizer } from './prompt/load-tokenizer.js';
import { resolveCheckpoint } from './snapshot/resolve-checkpoint.js';
import { type VerifyOptions, verifySnapshot } from './snapshot/verify-snapshot.js';
import { checkedWeights } from './weights/checked-weights.js';

/** What a checkpoint is, without loading its weights. */
export interface CheckpointFacts {
  readonly name: string;
  readonly architecture: string;
  readonly task: 'denoiser' | 'classifier';
  /** Number of weights. */
  readonly parameters: number;
  /** Number of weights by how they are stored. */
  readonly dataTypes: Readonly<Partial<Record<DataType, number>>>;
  /** Bytes that the weights take in their files. */
  readonly bytes: number;
  /** Weight files, relative to the folder that they are mapped from. */
  readonly files: readonly string[];
  /** Tensors in the files that the network has no use for. */
  readonly leftOut: readonly string[];
  /** What a classifier calls its labels. */
  readonly labels?: readonly string[];
  readonly layers: number;
  readonly width: number;
  readonly maxLength: number;
  /** Rows of the embedding table, and how many of them are tokens. */
  readonly vocabularySize: number;
  readonly tokens: number;
  readonly vocabulary: Vocabulary;
}

/** Reads and checks a checkpoint, of a directory or the hub; throws what loading it would throw. */
export const inspectCheckpoint = async (
  source: string,
  options: HubOptions & VerifyOptions = {},
): Promise<CheckpointFacts> => {
  requireKnownOptions('inspectCheckpoint', options, { ...hubOptionNames, verify: requireBoolean });
  const folder = await resolveCheckpoint(source, { ...options, weights: 'safetensors' });
  await verifySnapshot(folder, options);
  const { checkpoint, network, leftOut } = await fitCheckpoint(await readCheckpoint(folder));
  checkedWeights(checkpoint, network);
  const { vocabulary } = await loadTokenizer(checkpoint.source, {
    config: checkpoint.config,
    vocabularySize: network.vocabularySize,
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
