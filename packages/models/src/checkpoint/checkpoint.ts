import { CheckpointError } from '@entrgi/core';
import type { Folder } from '../files/byte-source.js';
import { type ConfigReader, configReader } from '../files/config-reader.js';
import { readJson, requireJson } from '../files/json-file.js';
import { nodeFolder } from '../files/node-folder.js';
import { checkpointName } from './checkpoint-name.js';
import { chosenWeights } from './chosen-weights.js';
import { otherWeights, refuseAdapter } from './other-weights.js';
import { readSafetensorsHeader, type SafetensorsEntry } from './safetensors.js';
import { weightLocations } from './weight-locations.js';
import { readWeightMap } from './weight-map.js';

/** A tensor of a checkpoint, by where its bytes lie. */
export interface StoredTensor extends SafetensorsEntry {
  /** Path relative to the checkpoint's `folder`. */
  readonly file: string;
}

/** A folder in Hugging Face layout, its headers read and checked; no weights. */
export interface Checkpoint {
  /** Last part of the directory's name or, in the hub's cache, of the repository's. */
  readonly name: string;
  readonly directory: string;
  readonly source: Folder;
  readonly config: ConfigReader;
  /** Absolute path that the tensors' files are relative to. */
  readonly folder: string;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/**
 * Reads config.json and the headers of model.safetensors, or of the shards that model.safetensors.index.json names, of a directory.
 * Throws CheckpointError, naming the file, where one is missing, corrupt or contradicts another.
 */
export const readCheckpoint = async (directory: string): Promise<Checkpoint> => {
  const source = nodeFolder(directory);
  refuseAdapter(directory, await filesOf(directory));
  const config = configReader(await requireJson(source, 'config.json'), `${directory}/config.json`);
  const shards = await readShards(source);
  const { folder, locations } = await weightLocations(
    directory,
    shards.map(({ path }) => path),
  );
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
  return { name: checkpointName(directory), directory, source, config, folder, tensors };
};

/** The names in a folder; none where it cannot be read. */
const filesOf = async (directory: string): Promise<string[]> => {
  const { readdir } = await import('node:fs/promises');
  return readdir(directory).catch(() => []);
};

/** The first BERTs were saved with TensorFlow's names for the two parts of a layer norm, and are still offered so. */
const modernName = (tensor: string): string =>
  tensor.replace(/\bLayerNorm\.gamma$/, 'LayerNorm.weight').replace(/\bLayerNorm\.beta$/, 'LayerNorm.bias');

interface Shard {
  readonly path: string;
  readonly entries: ReadonlyMap<string, SafetensorsEntry>;
}

const readShards = async (source: Folder): Promise<Shard[]> => {
  const whole = await readShard(source, 'model.safetensors');
  if (whole !== undefined) return [whole];
  const indexFile = 'model.safetensors.index.json';
  const index = await readJson(source, indexFile);
  if (index === undefined) {
    throw new CheckpointError(`${source.name}: there is neither model.safetensors nor ${indexFile}.`, {
      value: source.name,
      cure: otherWeights(
        await filesOf(source.name),
        (await chosenWeights(source.name, { weights: 'onnx' })) !== undefined,
      ),
    });
  }
  const weightMap = readWeightMap(index, `${source.name}/${indexFile}`);
  const shards: Shard[] = [];
  for (const file of new Set(weightMap.values())) {
    const shard = await readShard(source, file);
    if (shard === undefined) {
      throw new CheckpointError(`${source.name}: there is no ${file}, which ${indexFile} names.`, {
        value: file,
        cure: 'Download the missing file.',
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
    return { path: opened.path, entries: await readSafetensorsHeader(opened, `${source.name}/${file}`) };
  } finally {
    await opened.close();
  }
};
