/**
 * The hash of a file in hexadecimal digits: SHA-256 of what it has from `start` on, or as `git` git's SHA-1
 * of a blob. About a gigabyte a second. Rejects with what `signal` is aborted with.
 */
export const fileHash = async (
  path: string,
  kind: 'sha256' | 'git',
  { start = 0, signal }: { readonly start?: number; readonly signal?: AbortSignal | undefined } = {},
): Promise<string> => {
  const { createHash } = await import('node:crypto');
  const { createReadStream } = await import('node:fs');
  const { stat } = await import('node:fs/promises');
  const digest =
    kind === 'sha256' ? createHash('sha256') : createHash('sha1').update(`blob ${(await stat(path)).size}\0`);
  const options = { start, highWaterMark: 1 << 20, ...(signal === undefined ? {} : { signal }) };
  for await (const chunk of createReadStream(path, options)) digest.update(chunk);
  return digest.digest('hex');
};
