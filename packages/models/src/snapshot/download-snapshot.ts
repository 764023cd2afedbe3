import { NetworkError, NotFoundError } from '@entrgi/core';
import { onnxDataFiles } from '../checkpoint/onnx-data-files.js';
import type { WeightChoice } from '../checkpoint/weight-choice.js';
import { readWeightMap } from '../checkpoint/weight-map.js';
import { configReader } from '../files/config-reader.js';
import { type HubCache, hubCache } from '../hub/hub-cache.js';
import type { HubSettings } from '../hub/hub-settings.js';
import { readNetwork } from '../network/read-network.js';
import { missingFiles } from './missing-files.js';
import { diskHint, openSnapshot, type Snapshot } from './open-snapshot.js';
import { wantedFiles, wantedOnnxData } from './wanted-files.js';

/**
 * The folder of a model in the cache, complete. What is missing is downloaded, unless offline; where the hub
 * cannot be reached, what the revision stood for last time will do if all of it is there.
 * @throws what resolveCheckpoint documents
 */
export const downloadSnapshot = (id: string, settings: HubSettings, choice: WeightChoice): Promise<string> =>
  onlineOrCached(
    id,
    settings,
    choice,
    async (snapshot, cache) => {
      const { directory, files: listed } = snapshot;
      const { files, onnx } = await wantedFiles(id, listed, choice, shardsOf(id, snapshot));
      // Weights are gigabytes, which nobody needs of an architecture that cannot be loaded.
      for (const file of onnx === undefined ? files.filter(({ name }) => name === 'config.json') : []) {
        readNetwork({ config: configReader(await snapshot.read(file), `${id}/${file.name}`) });
      }
      await snapshot.bring(files);
      // Only the model itself tells for sure where its weights are.
      if (onnx !== undefined) {
        await snapshot.bring(wantedOnnxData(id, listed, onnx, await onnxDataFiles(directory, onnx.name)));
      }
      // Only now: until all is there, the revision stands for what it stood for before.
      await cache.writeRef(settings.revision, snapshot.commit);
      return directory;
    },
    (directory) => directory,
  );

/** The shards that an index of a repository names. */
export const shardsOf =
  (id: string, snapshot: Snapshot): Parameters<typeof wantedFiles>[3] =>
  async (index) =>
    readWeightMap(await snapshot.read(index), `${id}/${index.name}`).values();

/**
 * Does what is to be done with the repository; offline, and where the hub cannot be reached, with its folder
 * in the cache, if that is complete.
 */
export const onlineOrCached = async <T>(
  id: string,
  settings: HubSettings,
  choice: WeightChoice,
  online: (snapshot: Snapshot, cache: HubCache) => Promise<T>,
  cached: (directory: string) => T,
): Promise<T> => {
  const { cacheDir, signal = new AbortController().signal } = settings;
  signal.throwIfAborted();
  const cache = await hubCache(cacheDir, id);
  if (settings.offline) return cached(await cachedSnapshot(id, cache, settings, choice));
  try {
    return await online(await openSnapshot(id, cache, settings, signal), cache);
  } catch (error) {
    signal.throwIfAborted();
    if (NetworkError.isInstance(error)) {
      return cached(await cachedSnapshot(id, cache, settings, choice, error));
    }
    const { writeFailure } = await import('@entrgi/onnx/node');
    throw writeFailure(error, cacheDir, diskHint(id));
  }
};

/**
 * What the cache has.
 * @throws `failure`, or else NotFoundError, where that is not everything
 */
const cachedSnapshot = async (
  id: string,
  cache: HubCache,
  { revision, cacheDir }: HubSettings,
  choice: WeightChoice,
  failure?: NetworkError,
): Promise<string> => {
  const snapshot = cache.snapshot((await cache.readRef(revision)) ?? revision);
  const missing = await missingFiles(snapshot, choice);
  if (missing.length === 0) return snapshot;
  if (failure !== undefined) throw failure;
  const lacks = `the cache ${cacheDir} has no ${missing.join(', ')} of revision ${revision}`;
  if (missing.includes('config.json')) {
    throw new NotFoundError(
      `${id}: there is no such directory, and the hub is not asked, being offline: ${lacks}.`,
      {
        value: missing,
        hint: 'Check the path, or run once without `offline` and HF_HUB_OFFLINE to download the model of that name.',
      },
    );
  }
  throw new NotFoundError(`${id}: offline, and ${lacks}.`, {
    value: missing,
    hint: 'Run once without `offline` and HF_HUB_OFFLINE to download it.',
  });
};
