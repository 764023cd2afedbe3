import { DownloadError } from '@entrgi/core';
import { fileHash } from '../files/file-hash.js';
import { sizeOf } from './hub-cache.js';
import type { HubFile } from './hub-repository.js';
import { pause } from './pause.js';
import { type TransferOptions, transfer } from './transfer.js';

export interface FetchBlobOptions extends Omit<TransferOptions, 'path' | 'size'> {
  /** Where the whole file is to be, where a part of it is kept, and the lock of who is fetching it. */
  readonly path: string;
  readonly incomplete: string;
  readonly lock: string;
}

/** How often another process's download is looked at. */
const lookMs = 250;

/**
 * Brings a file into the cache, whole and with the right hash or not at all. Of several processes one
 * downloads and the others wait; where that one dies, its lock becomes void and another goes on from what it
 * left.
 * @throws DownloadError, the part being thrown away, where the hash is wrong; and what `transfer` throws
 */
export const fetchBlob = async (file: HubFile, options: FetchBlobOptions): Promise<void> => {
  const { path, incomplete, lock, name, signal, onBytes } = options;
  const { mkdir, rename, rm } = await import('node:fs/promises');
  const { dirname } = await import('node:path');
  const isThere = async () => (await sizeOf(path)) === file.size;
  while (!(await isThere())) {
    await Promise.all([path, lock].map((made) => mkdir(dirname(made), { recursive: true })));
    const release = await acquire(lock);
    if (release === undefined) {
      onBytes((await sizeOf(incomplete)) ?? 0);
      await pause(lookMs, signal);
      continue;
    }
    try {
      if (await isThere()) return;
      await transfer({ ...options, path: incomplete, size: file.size });
      const actual = await fileHash(incomplete, file.hash.length === 64 ? 'sha256' : 'git', { signal });
      if (actual !== file.hash) {
        await rm(incomplete, { force: true });
        throw new DownloadError(`${name}: expected the hash ${file.hash}, got ${actual}.`, {
          value: actual,
          hint: 'It was damaged on the way and has been removed: run again.',
        });
      }
      await rename(incomplete, path);
    } finally {
      if ((await sizeOf(incomplete)) === 0) await rm(incomplete, { force: true });
      await release();
    }
  }
};

/** Takes the lock; undefined where somebody else has it. */
const acquire = async (path: string): Promise<(() => Promise<void>) | undefined> => {
  const { default: lockfile } = await import('proper-lockfile');
  try {
    const release = await lockfile.lock(path, {
      lockfilePath: path,
      realpath: false,
      // A process that was killed is missed after so many milliseconds.
      stale: 5000,
      // A process that is busy for longer than a lock lasts loses it. Then two download the same bytes to the same places, which is only a waste.
      onCompromised: () => {},
    });
    return () => release().catch(() => {});
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ELOCKED') return undefined;
    throw error;
  }
};
