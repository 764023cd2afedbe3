import { DiskFullError } from '@entrgi/core';

/** What is kept of downloads in the browser's storage for this site. */
export interface ModelCache {
  /** A piece that was stored whole and has not changed since; undefined where there is none. */
  get(key: string): Promise<Blob | undefined>;
  /** Throws DiskFullError where the site may not store that much. */
  put(key: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** What is stored, by the address that it came from: bytes. */
  list(): Promise<ReadonlyMap<string, number>>;
  /**
   * Deletes what came from addresses that begin so; everything, without. Returns the bytes that this frees.
   */
  delete(beginning?: string): Promise<number>;
}

const HASH = 'x-entrgi-sha256';

/** The key of a piece is its address with a fragment, which names it and is no part of the address. */
const addressOf = (request: Request): string => request.url.replace(/[?&]entrgi-piece=.*$/, '');

/**
 * The key of a piece of a file, or of its size. The Cache API wants addresses as keys, and drops their
 * fragments.
 */
export const pieceKey = (url: string, piece: number | 'size'): string =>
  `${url}${url.includes('?') ? '&' : '?'}entrgi-piece=${piece}`;

/**
 * The cache of that name; undefined where the browser has none for this page (not over HTTPS, in some private
 * windows, denied). Each piece is stored with its SHA-256 and compared with it when it is taken.
 */
export const modelCache = async (name = 'entrgi-models'): Promise<ModelCache | undefined> => {
  const cache = await globalThis.caches?.open(name).catch(() => undefined);
  if (cache === undefined) return undefined;
  return {
    async get(key) {
      const response = await cache.match(key).catch(() => undefined);
      if (response === undefined) return undefined;
      const blob = await response.blob();
      if ((await hexHash(await blob.arrayBuffer())) === response.headers.get(HASH)) return blob;
      await cache.delete(key);
      return undefined;
    },
    async put(key, bytes) {
      const headers = { [HASH]: await hexHash(bytes), 'content-length': String(bytes.length) };
      try {
        await cache.put(key, new Response(bytes, { headers }));
      } catch (error) {
        if ((error as Error)?.name !== 'QuotaExceededError') return;
        const { usage = 0, quota = 0 } = (await navigator.storage?.estimate()) ?? {};
        throw new DiskFullError(
          `The browser gives this site no more room: ${megabytes(usage)} of ${megabytes(quota)} are used.`,
          { value: quota, hint: 'Delete stored models, or free space on the disk.', cause: error },
        );
      }
    },
    async list() {
      const sizes = new Map<string, number>();
      for (const request of await cache.keys()) {
        const length = Number((await cache.match(request))?.headers.get('content-length') ?? 0);
        const address = addressOf(request);
        sizes.set(address, (sizes.get(address) ?? 0) + length);
      }
      return sizes;
    },
    async delete(beginning = '') {
      let freed = 0;
      for (const request of await cache.keys()) {
        if (!addressOf(request).startsWith(beginning)) continue;
        freed += Number((await cache.match(request))?.headers.get('content-length') ?? 0);
        await cache.delete(request);
      }
      return freed;
    },
  };
};

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;

const hexHash = async (bytes: BufferSource): Promise<string> =>
  Array.from(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
