import { CheckpointError } from '@entrgi/core';
import { folderOf } from '#platform/folder-of';
import type { ExternalFiles, Folder, FolderFile } from '../files/byte-source.js';
import { type ConfigReader, configReader } from '../files/config-reader.js';
import { isFolder } from '../files/is-folder.js';
import { readJson, requireJson } from '../files/json-file.js';
import { checkpointName } from './checkpoint-name.js';
import { otherWeights, refuseAdapter } from './other-weights.js';
import { readSafetensorsHeader, type SafetensorsEntry } from './safetensors.js';
import { weightCandidates } from './weight-choice.js';
import { readWeightMap } from './weight-map.js';

/** A tensor of a checkpoint, by where its bytes lie. */
export interface StoredTensor extends SafetensorsEntry {
  /**
   * What graphs call its file: a path relative to the checkpoint's `folder`, or a name of its `external()`
   * files.
   */
  readonly file: string;
}

/** A folder in Hugging Face layout, its headers read and checked; no weights. */
export interface Checkpoint {
  /** Last part of the directory's name or, in the hub's cache, of the repository's. */
  readonly name: string;
  readonly directory: string;
  readonly source: Folder;
  readonly config: ConfigReader;
  /** Absolute path that the tensors' files are relative to; empty where they lie on no disk. */
  readonly folder: string;
  /** The file of a tensor. */
  open(file: string): Promise<FolderFile | undefined>;
  /** What sessions get the weights from; weights that are not here yet are fetched now. */
  external(): Promise<ExternalFiles>;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/**
 * Reads config.json and the headers of model.safetensors, or of the shards that model.safetensors.index.json
 * names, of a directory or folder.
 * @throws CheckpointError, naming the file, where one is missing, corrupt or contradicts another
 */
export const readCheckpoint = async (from: string | Folder): Promise<Checkpoint> => {
  const source = isFolder(from) ? from : folderOf(from);
  const directory = source.name;
  refuseAdapter(directory, await source.names());
  const config = configReader(await requireJson(source, 'config.json'), `${directory}/config.json`);
  const shards = await readShards(source);
  const { folder, locations, open, external } = await source.locate(shards.map(({ file }) => file));
  const tensors = new Map<string, StoredTensor>();
  shards.forEach(({ entries }, i) => {
    for (const [stored, entry] of entries) {
      const tensor = modernName(stored);
      if (tensors.has(tensor)) {
        throw new CheckpointError(`${directory}: ${tensor} is there twice, once as ${stored}.`, {
          value: stored,
        });
      }
      tensors.set(tensor, { ...entry, file: locations[i]! });
    }
  });
  return { name: checkpointName(directory), directory, source, config, folder, open, external, tensors };
};

/**
 * The first BERTs were saved with TensorFlow's names for the two parts of a layer norm, and are still offered
 * so.
 */
const modernName = (tensor: string): string =>
  tensor.replace(/\bLayerNorm\.gamma$/, 'LayerNorm.weight').replace(/\bLayerNorm\.beta$/, 'LayerNorm.bias');

interface Shard {
  readonly file: string;
  readonly entries: ReadonlyMap<string, SafetensorsEntry>;
}

const readShards = async (source: Folder): Promise<Shard[]> => {
  const whole = await readShard(source, 'model.safetensors');
  if (whole !== undefined) return [whole];
  const indexFile = 'model.safetensors.index.json';
  const index = await readJson(source, indexFile);
  const converted = index === undefined ? await readShard(source, 'pytorch_model.safetensors') : undefined;
  if (converted !== undefined) return [converted];
  if (index === undefined) {
    throw new CheckpointError(`${source.name}: there is neither model.safetensors nor ${indexFile}.`, {
      value: source.name,
      hint: otherWeights(await source.names(), await hasOnnx(source)),
    });
  }
  const weightMap = readWeightMap(index, `${source.name}/${indexFile}`);
  const shards: Shard[] = [];
  for (const file of new Set(weightMap.values())) {
    const shard = await readShard(source, file);
    if (shard === undefined) {
      throw new CheckpointError(`${source.name}: there is no ${file}, which ${indexFile} names.`, {
        value: file,
        hint: 'Download the missing file.',
      });
    }
    shards.push(shard);
  }
  return shards;
};

const readShard = async (source: Folder, file: string): Promise<Shard | undefined> => {
  const opened = await source.open(file);
  if (opened === undefined) return undefined;
  try {
    return { file, entries: await readSafetensorsHeader(opened, `${source.name}/${file}`) };
  } finally {
    await opened.close();
  }
};

const hasOnnx = async (source: Folder): Promise<boolean> => {
  for (const file of weightCandidates({ weights: 'onnx' })) {
    const opened = await source.open(file);
    await opened?.close();
    if (opened !== undefined) return true;
  }
  return false;
};
