import { lazily } from '@entrgi/core/internal';
import type { ExternalFiles, Folder, FolderFile } from '../files/byte-source.js';
import type { DownloadProgress } from '../hub/hub-options.js';
import { fetchWhole } from './fetch-whole.js';
import { keepBeginning, keptBeginning } from './kept-beginning.js';
import { type ModelCache, modelCache } from './model-cache.js';
import {
  type Beginning,
  fetchBeginning,
  fetchRange,
  isAway,
  type RequestOptions,
  type Requests,
} from './range.js';

/** How a folder behind addresses is read and kept. */
export interface UrlFolderOptions extends RequestOptions {
  /**
   * What error messages call it.
   * @default the address, or `files`
   */
  readonly name?: string | undefined;
  /**
   * Where weights are kept for the next visit; false: nowhere.
   * @default `modelCache()`
   */
  readonly cache?: ModelCache | false | undefined;
  /** Called at most ten times a second while weights are fetched, and once more when each file is there. */
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
}

/** The address of a folder, or of each of its files. */
export type UrlFolderPlace = string | Readonly<Record<string, string>>;

/**
 * A folder of a web server: `where` is its address, or says where each file lies. Headers are read by parts
 * (HTTP ranges), weights are fetched whole when a session needs them. What was read is kept: where the server
 * is away, a folder that was loaded before loads again. Reading throws NetworkError and DownloadError, and
 * DiskFullError.
 */
export const urlFolder = (where: UrlFolderPlace, options: UrlFolderOptions = {}): Folder =>
  addressedFolder(where, options);

interface AddressedFolderOptions extends UrlFolderOptions, Requests {
  /** @default false */
  readonly isFixed?: boolean;
}

/** The same, for a server that is known better: what its refusals mean, whether its files ever change. */
export const addressedFolder = (
  where: UrlFolderPlace,
  { isFixed = false, ...options }: AddressedFolderOptions = {},
): Folder => {
  const { name = typeof where === 'string' ? where.replace(/\/+$/, '') : 'files', ...requests } = options;
  const beginnings = new Map<string, Promise<Beginning | undefined>>();
  const cache = lazily(async () => (options.cache === false ? undefined : (options.cache ?? modelCache())));
  const urlOf = (file: string): string | undefined =>
    typeof where === 'string'
      ? new URL(file, `${absolute(where).replace(/\/+$/, '')}/`).href
      : where[file] && absolute(where[file]);

  let serverIsAway = false;
  const fetchOrTakeKept = async (url: string): Promise<Beginning | undefined> => {
    const keeping = await cache.get();
    const kept =
      keeping !== undefined && (isFixed || serverIsAway) ? await keptBeginning(url, keeping) : undefined;
    if (kept !== undefined) return kept === 'absent' ? undefined : kept;
    try {
      const beginning = await fetchBeginning(url, requests);
      if (keeping !== undefined) await keepBeginning(url, beginning, keeping);
      return beginning;
    } catch (error) {
      if (keeping === undefined || serverIsAway || !isAway(error)) throw error;
      // Of the files that follow it is known already.
      serverIsAway = true;
      const instead = await keptBeginning(url, keeping);
      if (instead === undefined) throw error;
      return instead === 'absent' ? undefined : instead;
    }
  };

  const beginningOf = async (file: string): Promise<Beginning | undefined> => {
    const url = urlOf(file);
    if (url === undefined) return undefined;
    let beginning = beginnings.get(file);
    if (beginning === undefined) {
      beginning = fetchOrTakeKept(url);
      beginnings.set(file, beginning);
      beginning.catch(() => beginnings.delete(file));
    }
    return beginning;
  };

  const open = async (file: string): Promise<FolderFile | undefined> => {
    const beginning = await beginningOf(file);
    if (beginning === undefined) return undefined;
    const { size, bytes } = beginning;
    const url = urlOf(file)!;
    return {
      size,
      async read(offset, length) {
        if (offset + length <= bytes.size) return bytesOf(bytes.slice(offset, offset + length));
        if (length < size) return fetchRange(url, offset, length, requests);
        const keeping = await cache.get();
        return bytesOf(await fetchWhole({ ...requests, url, size, cache: keeping, onBytes: () => {} }));
      },
      close: async () => {},
    };
  };

  return {
    name,
    names: async () =>
      typeof where === 'string' ? [] : Object.keys(where).filter((file) => !file.includes('/')),
    open,
    locate: async (files) => ({
      folder: '',
      locations: files,
      open,
      external: async () => fetchAll(files, { name, urlOf, beginningOf, options, cache: await cache.get() }),
    }),
  };
};

/** Against the page's own address; workers have one too. */
const absolute = (url: string): string => new URL(url, globalThis.location?.href).href;

const bytesOf = async (blob: Blob): Promise<Uint8Array> => new Uint8Array(await blob.arrayBuffer());

const fetchAll = async (
  files: readonly string[],
  {
    name,
    urlOf,
    beginningOf,
    cache,
    options: { onProgress, headers, signal, refusal },
  }: {
    readonly name: string;
    urlOf(file: string): string | undefined;
    beginningOf(file: string): Promise<Beginning | undefined>;
    readonly cache: ModelCache | undefined;
    readonly options: AddressedFolderOptions;
  },
): Promise<ExternalFiles> => {
  const found = await Promise.all(files.map(async (file) => ({ file, ...(await beginningOf(file))! })));
  const allTotalBytes = found.reduce((sum, { size }) => sum + size, 0);
  let allLoadedBytes = 0;
  let told = 0;
  const blobs = new Map<string, Blob>();
  for (const { file, size, bytes } of found) {
    let loadedBytes = 0;
    const tell = () =>
      onProgress?.({ id: name, file, loadedBytes, totalBytes: size, allLoadedBytes, allTotalBytes });
    const onBytes = (count: number) => {
      loadedBytes += count;
      allLoadedBytes += count;
      if (performance.now() - told < 100) return;
      told = performance.now();
      tell();
    };
    const isWhole = bytes.size === size;
    if (isWhole) onBytes(size);
    const blob = isWhole
      ? bytes
      : await fetchWhole({ url: urlOf(file)!, size, cache, onBytes, headers, signal, refusal });
    blobs.set(file, blob);
    tell();
  }
  return { files: blobs };
};
