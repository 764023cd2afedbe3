import { PIECE } from './fetch-whole.js';
import { type ModelCache, pieceKey } from './model-cache.js';
import type { Beginning } from './range.js';

/** What is kept of a file that is not there. */
const ABSENT = 'none';

/**
 * The beginning of a file as it was kept, `absent` of one that was not there, and undefined where too little
 * is kept to do without the server.
 */
export const keptBeginning = async (
  url: string,
  cache: ModelCache,
): Promise<Beginning | 'absent' | undefined> => {
  const said = await (await cache.get(pieceKey(url, 'size')))?.text();
  if (said === undefined) return undefined;
  if (said === ABSENT) return 'absent';
  const size = Number(said);
  if (size === 0) return { size, bytes: new Blob() };
  const bytes = await cache.get(pieceKey(url, 0));
  return bytes?.size === Math.min(PIECE, size) ? { size, bytes } : undefined;
};

/** Keeps how long a file is, and the file itself where it came whole; of one that is not there, that. */
export const keepBeginning = async (
  url: string,
  beginning: Beginning | undefined,
  cache: ModelCache,
): Promise<void> => {
  const { size, bytes } = beginning ?? {};
  if (bytes !== undefined && bytes.size === size) {
    for (let at = 0; at < size; at += PIECE) {
      const piece = await bytes.slice(at, at + PIECE).arrayBuffer();
      await cache.put(pieceKey(url, at / PIECE), new Uint8Array(piece));
    }
  }
  await cache.put(pieceKey(url, 'size'), new TextEncoder().encode(String(size ?? ABSENT)));
};
