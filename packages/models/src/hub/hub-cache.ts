/**
 * The part of the hub's cache that belongs to one model: blobs by hash, a folder of links per commit,
 * revisions by name.
 */
export interface HubCache {
  blob(hash: string): string;
  /**
   * A part of a blob, and the lock of who is fetching it. No other tool's: they append to theirs, or write
   * them out of order.
   */
  incomplete(hash: string): string;
  lock(hash: string): string;
  snapshot(commit: string): string;
  /** The commit that a revision stood for when it was last fetched. */
  readRef(revision: string): Promise<string | undefined>;
  writeRef(revision: string, commit: string): Promise<void>;
  /** Makes a file of a snapshot, which must exist in the cache as a blob. */
  link(commit: string, file: string, hash: string): Promise<void>;
}

/** The layout of huggingface_hub (Python) and all other tools of the hub. */
export const hubCache = async (cacheDir: string, id: string): Promise<HubCache> => {
  const { copyFile, mkdir, readFile, rename, rm, stat, symlink, writeFile } = await import(
    'node:fs/promises'
  );
  const { dirname, join, resolve } = await import('node:path');
  const { clearPartials, partialPath } = await import('@entrgi/onnx/node');
  const name = `models--${id.replace('/', '--')}`;
  const folder = join(resolve(cacheDir), name);
  const locks = join(resolve(cacheDir), '.locks', name);
  const blob = (hash: string) => join(folder, 'blobs', hash);
  const snapshot = (commit: string) => join(folder, 'snapshots', commit);
  const ref = (revision: string) => join(folder, 'refs', ...revision.split('/'));

  /** Makes a file under another name first, so that nobody sees a part of it. */
  const put = async (path: string, make: (path: string) => Promise<void>): Promise<void> => {
    await mkdir(dirname(path), { recursive: true });
    await clearPartials(path);
    const temporary = partialPath(path);
    try {
      await make(temporary);
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  };
  const readRef = (revision: string) =>
    readFile(ref(revision), 'utf8').then(
      (text) => text.trim(),
      () => undefined,
    );

  return {
    blob,
    incomplete: (hash) => `${blob(hash)}.entrgi.incomplete`,
    lock: (hash) => join(locks, `${hash}.entrgi.lock`),
    snapshot,
    readRef,
    async writeRef(revision, commit) {
      // A commit needs none, and a cache that has it already may be read-only.
      if (revision === commit || (await readRef(revision)) === commit) return;
      await put(ref(revision), (path) => writeFile(path, commit));
    },
    async link(commit, file, hash) {
      const path = join(snapshot(commit), file);
      const { size } = await stat(blob(hash));
      if ((await sizeOf(path)) === size) return;
      const up = '../'.repeat(file.split('/').length + 1);
      await put(path, (temporary) =>
        // Without the right to make links (Windows), other tools copy as well.
        symlink(`${up}blobs/${hash}`, temporary).catch(() => copyFile(blob(hash), temporary)),
      );
    },
  };
};

/** Bytes of a file, or of the one that a link leads to; undefined where there is none. */
export const sizeOf = async (path: string): Promise<number | undefined> => {
  const { stat } = await import('node:fs/promises');
  return stat(path).then(
    ({ size }) => size,
    () => undefined,
  );
};
