import type { ExternalFiles, Folder, FolderFile } from '../files/byte-source.js';
import type { DownloadProgress } from '../hub/hub-options.js';
import { fetchWhole } from './fetch-whole.js';
import { type ModelCache, modelCache } from './model-cache.js';
import { type Beginning, fetchBeginning, fetchRange, type RequestOptions } from './range.js';

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
 * (HTTP ranges), weights are fetched whole when a session needs them. Reading throws NetworkError and
 * DownloadError, fetching weights DiskFullError too.
 */
export const urlFolder = (where: UrlFolderPlace, options: UrlFolderOptions = {}): Folder => {
  const { name = typeof where === 'string' ? where.replace(/\/+$/, '') : 'files', ...requests } = options;
  const beginnings = new Map<string, Promise<Beginning | undefined>>();
  const urlOf = (file: string): string | undefined =>
    typeof where === 'string'
      ? new URL(file, `${absolute(where).replace(/\/+$/, '')}/`).href
      : where[file] && absolute(where[file]);

  const beginningOf = async (file: string): Promise<Beginning | undefined> => {
    const url = urlOf(file);
    if (url === undefined) return undefined;
    let beginning = beginnings.get(file);
    if (beginning === undefined) {
      beginning = fetchBeginning(url, requests);
      beginnings.set(file, beginning);
      beginning.catch(() => beginnings.delete(file));
    }
    return beginning;
  };

  const open = async (file: string): Promise<FolderFile | undefined> => {
    const beginning = await beginningOf(file);
    if (beginning === undefined) return undefined;
    const { size, bytes } = beginning;
    return {
      size,
      async read(offset, length) {
        if (offset + length <= bytes.length) return bytes.slice(offset, offset + length);
        return fetchRange(urlOf(file)!, offset, length, requests);
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
      external: () => fetchAll(files, { name, urlOf, beginningOf, options }),
    }),
  };
};

/** Against the page's own address; workers have one too. */
const absolute = (url: string): string => new URL(url, globalThis.location?.href).href;

const fetchAll = async (
  files: readonly string[],
  {
    name,
    urlOf,
    beginningOf,
    options: { cache: given, onProgress, headers, signal },
  }: {
    readonly name: string;
    urlOf(file: string): string | undefined;
    beginningOf(file: string): Promise<Beginning | undefined>;
    readonly options: UrlFolderOptions;
  },
): Promise<ExternalFiles> => {
  const cache = given === false ? undefined : (given ?? (await modelCache()));
  const found = await Promise.all(files.map(async (file) => ({ file, ...(await beginningOf(file))! })));
  const allTotalBytes = found.reduce((sum, { size }) => sum + size, 0);
  let allLoadedBytes = 0;
  let told = 0;
  const blobs = new Map<string, Blob>();
  for (const { file, size, bytes, hasRanges } of found) {
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
    if (!hasRanges || bytes.length === size) onBytes(bytes.length);
    const blob =
      !hasRanges || bytes.length === size
        ? new Blob([bytes])
        : await fetchWhole({ url: urlOf(file)!, size, cache, onBytes, headers, signal });
    blobs.set(file, blob);
    tell();
  }
  return { files: blobs };
};
