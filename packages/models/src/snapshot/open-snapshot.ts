import { NetworkError } from '@entrgi/core';
import type { FolderFile } from '../files/byte-source.js';
import { requireJson } from '../files/json-file.js';
import { nodeFolder } from '../files/node-folder.js';
import { requireSpace } from '../files/require-space.js';
import { boundedFetch } from '../hub/bounded-fetch.js';
import { downloadMeter } from '../hub/download-meter.js';
import { fetchBlob } from '../hub/fetch-blob.js';
import { type HubCache, sizeOf } from '../hub/hub-cache.js';
import { hubFetch } from '../hub/hub-fetch.js';
import { commitOf, filesOf, type HubFile } from '../hub/hub-repository.js';
import type { HubSettings } from '../hub/hub-settings.js';
import { inParallel } from './in-parallel.js';

/** A repository at one commit, and its folder in the cache. */
export interface Snapshot {
  readonly commit: string;
  /** The folder; only what was brought is in it. */
  readonly directory: string;
  /** All files of the repository. */
  readonly files: readonly HubFile[];
  /** A JSON file, which is brought first. */
  read(file: HubFile): Promise<Record<string, unknown>>;
  /** Brings files into the folder, unless they are there; several at once, with progress. */
  bring(files: readonly HubFile[]): Promise<void>;
  /**
   * A file where it lies: in the folder, or else on the hub, of which only those parts are fetched that are
   * read.
   */
  open(file: HubFile): Promise<FolderFile>;
}

/** What to do where files cannot be written, for want of room or permission. */
export const diskHint = (id: string): string =>
  `Free some space, or name another place with cacheDir or HF_HUB_CACHE, and run again: the download of ${id} goes on from what has arrived.`;

/** Files that are downloaded at once. */
const connections = 4;

/**
 * Asks the hub for the commit that the revision stands for and for its files.
 * @throws what hubFetch throws
 */
export const openSnapshot = async (
  id: string,
  cache: HubCache,
  settings: HubSettings,
  signal: AbortSignal,
): Promise<Snapshot> => {
  const { endpoint, onProgress, minimumRate } = settings;
  const { host } = new URL(endpoint);
  const fetch = hubFetch(id, settings);
  const asking = boundedFetch(fetch, signal, host, { minimumRate });
  const commit = await commitOf(id, settings, asking);
  const directory = cache.snapshot(commit);
  const urlOf = (name: string) =>
    `${endpoint}/${id}/resolve/${commit}/${name.split('/').map(encodeURIComponent).join('/')}`;

  const bringOne = async (file: HubFile, own: AbortSignal, onBytes: (loaded: number) => void) => {
    const { name, hash } = file;
    await fetchBlob(file, {
      url: urlOf(name),
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
  const isThere = async ({ name, size }: HubFile) => (await sizeOf(`${directory}/${name}`)) === size;
  const bytesToCome = async ({ size, hash }: HubFile) =>
    (await sizeOf(cache.blob(hash))) === size
      ? 0
      : Math.max(0, size - ((await sizeOf(cache.incomplete(hash))) ?? 0));

  return {
    commit,
    directory,
    files: await filesOf(id, commit, settings, asking),
    async read(file) {
      if (!(await isThere(file))) await bringOne(file, signal, () => {});
      return requireJson(nodeFolder(directory), file.name);
    },
    async bring(wanted) {
      const there = await Promise.all(wanted.map(isThere));
      const missing = wanted.filter((_, i) => !there[i]);
      const bytes = await Promise.all(missing.map(bytesToCome));
      const allBytes = bytes.reduce((sum, each) => sum + each, 0);
      await requireSpace(settings.cacheDir, allBytes, { name: settings.cacheDir, hint: diskHint(id) });
      const meter = downloadMeter(id, missing, onProgress);
      await inParallel(missing, { limit: connections, signal }, (file, own) =>
        bringOne(file, own, (loaded) => meter(file, loaded)),
      );
    },
    async open(file) {
      if (await isThere(file)) return (await nodeFolder(directory).open(file.name))!;
      const parts = partsOnly(fetch, `${id}/${file.name}`);
      return remoteFile(file, urlOf(file.name), (limit) =>
        boundedFetch(parts, signal, host, { minimumRate, limit }),
      );
    },
  };
};

/** A `fetch` that takes nothing but the part that was asked for. */
const partsOnly =
  (fetch: ReturnType<typeof hubFetch>, name: string): ReturnType<typeof hubFetch> =>
  (signal) =>
  async (input, init) => {
    const response = await fetch(signal)(input, init);
    if (response.status === 206) return response;
    await response.body?.cancel().catch(() => {});
    throw new NetworkError(`${name}: expected a part of the file, got status ${response.status}.`, {
      value: response.status,
      hint: 'The server, perhaps a mirror, sends files as a whole only: download it instead.',
    });
  };

/** What is read of the beginning at least: with the header's length comes the header. */
const AHEAD = 2 ** 16;

const remoteFile = (
  { name, size }: HubFile,
  url: string,
  asking: (limit: number) => typeof globalThis.fetch,
): FolderFile => {
  let [start, kept] = [0, new Uint8Array(0)];
  return {
    size,
    async read(offset, length) {
      if (offset < start || offset + length > start + kept.length) {
        const count = Math.min(size - offset, Math.max(length, offset === 0 ? AHEAD : 0));
        const headers = { Range: `bytes=${offset}-${offset + count - 1}` };
        const bytes = new Uint8Array(await (await asking(count)(url, { headers })).arrayBuffer());
        if (bytes.length !== count) {
          throw new NetworkError(`${name}: expected ${count} bytes at ${offset}, got ${bytes.length}.`, {
            value: bytes.length,
            hint: 'Run again later.',
          });
        }
        [start, kept] = [offset, bytes];
      }
      return kept.slice(offset - start, offset - start + length);
    },
    close: async () => {},
  };
};
