import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { finished } from 'node:stream/promises';

/** A JSONL file that appears under its name only when it is complete. */
export interface TraceFile {
  write(record: unknown): Promise<void>;
  /** Flushes and puts the file in its place. */
  keep(): Promise<void>;
  /** Leaves nothing behind. Harmless after `keep`. */
  discard(): Promise<void>;
}

/** Opens a trace. Lines go to a file beside `path` until `keep`; what is no regular file (a pipe, a terminal) is written directly. */
export const openTrace = async (path: string): Promise<TraceFile> => {
  const existing = await stat(path).catch(() => undefined);
  if (existing?.isDirectory()) throw Object.assign(new Error('is a directory'), { code: 'EISDIR', path });
  const direct = existing !== undefined && !existing.isFile();
  const target = direct ? path : `${path}.${process.pid}.partial`;
  const stream = createWriteStream(target, { flags: direct ? 'w' : 'wx' });
  // Errors are about the file that was asked for.
  const named = <T>(work: Promise<T>): Promise<T> =>
    work.catch((error: Error) => {
      throw Object.assign(error, { path });
    });
  await named(once(stream, 'open'));
  // Kept in stream.errored: the next write reports it.
  stream.on('error', () => {});
  let open = true;
  const close = async (): Promise<void> => {
    open = false;
    stream.end();
    await named(finished(stream));
  };
  return {
    async write(record) {
      if (stream.errored) await named(Promise.reject(stream.errored));
      if (!stream.write(`${JSON.stringify(record, plainArrays)}\n`)) await named(once(stream, 'drain'));
    },
    async keep() {
      await close();
      if (!direct) await rename(target, path);
    },
    async discard() {
      if (!open) return;
      await close().catch(() => undefined);
      if (!direct) await rm(target, { force: true });
    },
  };
};

/** Typed arrays as plain ones. */
const plainArrays = (_key: string, value: unknown): unknown =>
  ArrayBuffer.isView(value) ? Array.from(value as unknown as ArrayLike<number>) : value;
