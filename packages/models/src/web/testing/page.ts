// What the test's page can do.
import type { DownloadProgress } from '../../hub/hub-options.js';
import { inspectCheckpoint } from '../../inspect-checkpoint.js';
import { modelCache, pieceKey } from '../model-cache.js';
import { urlFolder } from '../url-folder.js';

const url = new URL('/weights', location.href).href;

/** Fetches the weights; stops when piece `stopAt` has arrived and is about to be kept. */
const fetchWeights = async ({ stopAt = Number.POSITIVE_INFINITY } = {}) => {
  const stop = new AbortController();
  const progress: DownloadProgress[] = [];
  const kept = await modelCache();
  let puts = 0;
  const stopping = kept && {
    ...kept,
    async put(key: string, bytes: Uint8Array<ArrayBuffer>) {
      if (!key.endsWith('size') && puts++ === stopAt) stop.abort(new Error('stopped'));
      stop.signal.throwIfAborted();
      await kept.put(key, bytes);
    },
  };
  const folder = urlFolder(
    { weights: url },
    { cache: stopping, signal: stop.signal, onProgress: (event) => progress.push(event) },
  );
  try {
    const located = await folder.locate(['weights']);
    const blob = (await located.external()).files!.get('weights') as Blob;
    const digest = await crypto.subtle.digest('SHA-256', await blob.arrayBuffer());
    const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0'));
    return { sha256: hex.join(''), progress };
  } catch (error) {
    const { message, code } = error as { message: string; code?: string };
    return { error: message, code };
  }
};

/** Changes a bit of what is stored, as a bad disk would. */
const damagePiece = async (piece: number) => {
  const cache = await caches.open('entrgi-models');
  const stored = (await cache.match(pieceKey(url, piece)))!;
  const bytes = new Uint8Array(await stored.arrayBuffer());
  bytes[1000]! ^= 1;
  await cache.put(pieceKey(url, piece), new Response(bytes, { headers: stored.headers }));
};

const listAndDelete = async (beginning = url) => {
  const cache = (await modelCache())!;
  const listed = [...(await cache.list())];
  const freed = await cache.delete(beginning);
  return { listed, freed, left: (await cache.list()).size };
};

/** What is found under a name, or why nothing is. */
const facts = (source: string) =>
  inspectCheckpoint(source).then(
    ({ parameters, files }) => ({ parameters, files }),
    ({ code, message }) => ({ code, message }),
  );

/** As in a window that may store nothing. */
const withoutStorage = async (work: () => Promise<unknown>) => {
  const { open } = CacheStorage.prototype;
  CacheStorage.prototype.open = () => Promise.reject(new DOMException('denied', 'SecurityError'));
  const result = await work();
  CacheStorage.prototype.open = open;
  return result;
};

Object.assign(globalThis, { fetchWeights, damagePiece, listAndDelete, withoutStorage, facts });
