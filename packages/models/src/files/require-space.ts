import { DiskFullError } from '@entrgi/core';

/**
 * Throws DiskFullError where a folder, or the first above it that exists, has less free space than will be
 * written: before hours of work rather than after. Where it cannot be asked, writing will tell.
 */
export const requireSpace = async (
  folder: string,
  bytes: number,
  { name, hint }: { readonly name: string; readonly hint: string },
): Promise<void> => {
  const { statfs } = await import('node:fs/promises');
  const { dirname, resolve } = await import('node:path');
  let asked = resolve(folder);
  let disk = await statfs(asked).catch(() => undefined);
  while (disk === undefined && dirname(asked) !== asked) {
    asked = dirname(asked);
    disk = await statfs(asked).catch(() => undefined);
  }
  // Some network file systems know no sizes, and say 0.
  if (disk === undefined || disk.blocks === 0) return;
  const free = disk.bavail * disk.bsize;
  if (free >= bytes) return;
  throw new DiskFullError(`${name}: expected ${bytes} bytes of free space, got ${free}.`, {
    value: name,
    hint,
  });
};
