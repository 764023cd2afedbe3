import { CheckpointError } from '@entrgi/core';
import { fileHash } from '../files/file-hash.js';

/** Whether the files of a hub model are compared with their hashes before they are used. */
export interface VerifyOptions {
  /**
   * Read all of a hub model's files first and compare them with their hashes: about a second per gigabyte.
   * Small files always are, and what `q8` and `q4` have made.
   * @default false
   */
  readonly verify?: boolean | undefined;
}

/** Files up to this size are always compared: it takes some 30 ms for the largest. */
const SMALL = 32_000_000;

/**
 * Compares the files of a model in the hub's cache with the hashes that they are called by there: small ones,
 * or with `verify` all. Other folders have nothing to compare with.
 * @throws CheckpointError for the first that differs: a bit has flipped on the disk, or somebody has changed
 *   it
 */
export const verifySnapshot = async (
  directory: string,
  { verify = false, signal }: VerifyOptions & { readonly signal?: AbortSignal | undefined },
): Promise<void> => {
  const { readdir, readlink, realpath, stat } = await import('node:fs/promises');
  const { basename, dirname, join } = await import('node:path');
  const folder = await realpath(directory).catch(() => directory);
  if (basename(dirname(folder)) !== 'snapshots' || !basename(dirname(dirname(folder))).startsWith('models--'))
    return;
  for (const file of await readdir(folder, { recursive: true })) {
    // Links to blobs, which are called by their hashes (and may be links again, whatever those are called).
    const hash = basename(await readlink(join(folder, file)).catch(() => ''));
    if (!/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(hash)) continue;
    const path = join(dirname(dirname(folder)), 'blobs', hash);
    const facts = await stat(path).catch(() => undefined);
    // One that leads nowhere is missed elsewhere, if it is needed.
    if (facts === undefined || !facts.isFile() || (!verify && facts.size > SMALL)) continue;
    const actual = await fileHash(path, hash.length === 64 ? 'sha256' : 'git', { signal });
    if (actual === hash) continue;
    throw new CheckpointError(
      `${join(folder, file)}: it is damaged, or somebody has changed it: expected the hash ${hash}, got ${actual}.`,
      {
        value: actual,
        hint: `Delete ${path}, and it is downloaded again; a model that you have changed belongs into a folder of its own.`,
      },
    );
  }
};
