import { NetworkError, NotFoundError } from '@entrgi/core';
import { onnxDataFiles } from '../checkpoint/onnx-data-files.js';
import type { WeightChoice } from '../checkpoint/weight-choice.js';
import { readWeightMap } from '../checkpoint/weight-map.js';
import { configReader } from '../files/config-reader.js';
import { requireJson } from '../files/json-file.js';
import { nodeFolder } from '../files/node-folder.js';
import { requireSpace } from '../files/require-space.js';
import { boundedFetch } from '../hub/bounded-fetch.js';
import { downloadMeter } from '../hub/download-meter.js';
import { fetchBlob } from '../hub/fetch-blob.js';
import { type HubCache, hubCache, sizeOf } from '../hub/hub-cache.js';
import { hubFetch } from '../hub/hub-fetch.js';
import { commitOf, filesOf, type HubFile } from '../hub/hub-repository.js';
import type { HubSettings } from '../hub/hub-settings.js';
import { readNetwork } from '../network/read-network.js';
import { inParallel } from './in-parallel.js';
import { missingFiles } from './missing-files.js';
import { wantedFiles, wantedOnnxData } from './wanted-files.js';

/** What to do where files cannot be written, for want of room or permission. */
const diskHint = (id: string): string =>
  `Free some space, or name another place with cacheDir or HF_HUB_CACHE, and run again: the download of ${id} goes on from what has arrived.`;

/** Files that are downloaded at once. */
const connections = 4;

/**
 * The folder of a model in the cache, complete. What is missing is downloaded, unless offline; where the hub cannot be reached, what the
 * revision stood for last time will do if all of it is there. Throws what resolveCheckpoint documents.
 */
export const downloadSnapshot = async (
  id: string,
  settings: HubSettings,
  choice: WeightChoice,
): Promise<string> => {
  const { cacheDir, signal = new AbortController().signal } = settings;
  signal.throwIfAborted();
  const cache = await hubCache(cacheDir, id);
  if (settings.offline) return cachedSnapshot(id, cache, settings, choice);
  try {
    return await fetchSnapshot(id, cache, settings, choice, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (NetworkError.isInstance(error)) return cachedSnapshot(id, cache, settings, choice, error);
    const { writeFailure } = await import('@entrgi/onnx/node');
    throw writeFailure(error, cacheDir, diskHint(id));
  }
};

const fetchSnapshot = async (
  id: string,
  cache: HubCache,
  settings: HubSettings,
  choice: WeightChoice,
  signal: AbortSignal,
): Promise<string> => {
  const { endpoint, revision, onProgress, minimumRate } = settings;
  const fetch = hubFetch(id, settings);
  const asking = boundedFetch(fetch, signal, new URL(endpoint).host, { minimumRate });
  const commit = await commitOf(id, settings, asking);
  const snapshot = cache.snapshot(commit);

  const bring = async (file: HubFile, own: AbortSignal, onBytes: (loaded: number) => void) => {
    const { name, hash } = file;
    await fetchBlob(file, {
      url: `${endpoint}/${id}/resolve/${commit}/${name.split('/').map(encodeURIComponent).join('/')}`,
      name: `${id}/${name}`,
      path: cache.blob(hash),
      incomplete: cache.incomplete(hash),
      lock: cache.lock(hash),
      fetch,
      signal: own,
      minimumRate,
      onBytes,
    });
    await cache.link(commit, name, hash);
    onBytes(file.size);
  };
  const isThere = async ({ name, size }: HubFile) => (await sizeOf(`${snapshot}/${name}`)) === size;

  const bytesToCome = async ({ size, hash }: HubFile) =>
    (await sizeOf(cache.blob(hash))) === size
      ? 0
      : Math.max(0, size - ((await sizeOf(cache.incomplete(hash))) ?? 0));

  const readNow = async (file: HubFile) => {
    if (!(await isThere(file))) await bring(file, signal, () => {});
    return requireJson(nodeFolder(snapshot), file.name);
  };
  const listed = await filesOf(id, commit, settings, asking);
  const { files, onnx } = await wantedFiles(id, listed, choice, async (index) =>
    readWeightMap(await readNow(index), `${id}/${index.name}`).values(),
  );
  const bringAll = async (wanted: readonly HubFile[]) => {
    const there = await Promise.all(wanted.map(isThere));
    const missing = wanted.filter((_, i) => !there[i]);
    const bytes = await Promise.all(missing.map(bytesToCome));
    const allBytes = bytes.reduce((sum, each) => sum + each, 0);
    await requireSpace(settings.cacheDir, allBytes, { name: settings.cacheDir, hint: diskHint(id) });
    const meter = downloadMeter(id, missing, onProgress);
    await inParallel(missing, { limit: connections, signal }, (file, own) =>
      bring(file, own, (loaded) => meter(file, loaded)),
    );
  };
  // Weights are gigabytes, which nobody needs of an architecture that cannot be loaded.
  for (const file of onnx === undefined ? files.filter(({ name }) => name === 'config.json') : []) {
    readNetwork({ config: configReader(await readNow(file), `${id}/${file.name}`) });
  }
  await bringAll(files);
  // Only the model itself tells for sure where its weights are.
  if (onnx !== undefined) {
    await bringAll(wantedOnnxData(id, listed, onnx, await onnxDataFiles(snapshot, onnx.name)));
  }
  // Only now: until all is there, the revision stands for what it stood for before.
  await cache.writeRef(revision, commit);
  return snapshot;
};

/** What the cache has. Throws `failure`, or else NotFoundError, where that is not everything. */
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
  throw new NotFoundError(
    `${id}: offline, and the cache ${cacheDir} has no ${missing.join(', ')} of revision ${revision}.`,
    { value: missing, hint: 'Run once without `offline` and HF_HUB_OFFLINE to download it.' },
  );
};
