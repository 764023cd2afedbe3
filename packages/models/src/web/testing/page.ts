// What the test's page can do.
import { modelCache, pieceKey } from '../model-cache.js';
import { urlFolder } from '../url-folder.js';

const url = new URL('/weights', location.href).href;

/** Fetches the weights; `stopAfter` so many bytes, aborts. */
const fetchWeights = async ({ stopAfter = Number.POSITIVE_INFINITY } = {}) => {
  const stop = new AbortController();
  const progress: { loadedBytes: number }[] = [];
  const folder = urlFolder(
    { weights: url },
    {
      signal: stop.signal,
      onProgress(event) {
        progress.push(event);
        if (event.loadedBytes > stopAfter) stop.abort(new Error('stopped'));
      },
    },
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

const listAndDelete = async () => {
  const cache = (await modelCache())!;
  const listed = [...(await cache.list())];
  const freed = await cache.delete(url);
  return { listed, freed, left: (await cache.list()).size };
};

/** As in a window that may store nothing. */
const withoutStorage = async (work: () => Promise<unknown>) => {
  const { open } = CacheStorage.prototype;
  CacheStorage.prototype.open = () => Promise.reject(new DOMException('denied', 'SecurityError'));
  const result = await work();
  CacheStorage.prototype.open = open;
  return result;
};

Object.assign(globalThis, { fetchWeights, damagePiece, listAndDelete, withoutStorage });
