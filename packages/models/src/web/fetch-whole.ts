import { type ModelCache, pieceKey } from './model-cache.js';
import { fetchRange, type Requests } from './range.js';

/** Small enough to be lost without regret when a download breaks off, and large enough to be few. */
export const PIECE = 2 ** 23;

export interface WholeRequest extends Requests {
  readonly url: string;
  readonly size: number;
  readonly cache: ModelCache | undefined;
  /** Told of bytes that are here: from the cache, or as they arrive. */
  readonly onBytes: (count: number) => void;
}

/**
 * A file as a Blob, fetched in pieces that are kept as they arrive: what broke off, or was stopped, goes on
 * where it was, also after the page was closed.
 * @throws what fetchRange throws, and DiskFullError
 */
export const fetchWhole = async ({ url, size, cache, onBytes, ...options }: WholeRequest): Promise<Blob> => {
  const pieces: Blob[] = [];
  for (let at = 0; at < size; at += PIECE) {
    options.signal?.throwIfAborted();
    const length = Math.min(PIECE, size - at);
    const key = pieceKey(url, at / PIECE);
    const kept = await cache?.get(key);
    if (kept?.size === length) {
      onBytes(length);
      pieces.push(kept);
      continue;
    }
    const bytes = await fetchRange(url, at, length, { ...options, onBytes });
    await cache?.put(key, bytes);
    pieces.push(new Blob([bytes]));
  }
  return new Blob(pieces);
};
