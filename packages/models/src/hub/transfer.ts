import { DownloadError, NetworkError } from '@entrgi/core';
import { HubFailure } from './hub-fetch.js';
import { pause } from './pause.js';
import { untilSilent } from './until-silent.js';

export interface TransferOptions {
  /** Address of the bytes, asked for anew at every attempt: what it redirects to may expire. */
  readonly url: string;
  /** What they are called in messages. */
  readonly name: string;
  readonly path: string;
  readonly size: number;
  readonly fetch: (signal: AbortSignal) => typeof globalThis.fetch;
  readonly signal: AbortSignal;
  /** Bytes a second, over a minute, below which a connection counts as broken. */
  readonly minimumRate?: number | undefined;
  readonly onBytes: (loaded: number) => void;
}

/** Attempts in a row that may fail, each bringing less than this many bytes. */
const attempts = 5;
const progressBytes = 1_000_000;

/** Wait before the third attempt, doubled before each further one. */
const firstPauseMs = 1000;

/**
 * Downloads `size` bytes to the end of what `path` already holds of them, and sees to it that they are on the
 * disk. Connections that end early, fall silent or become too slow are resumed. What has arrived stays in the
 * file whatever happens.
 *
 * Bytes are written where they belong and nothing is cut off, so even two processes on one file would write
 * the same.
 * @throws DownloadError where the announced size is another or the attempts run out, NetworkError where the
 *   server falls silent, or is too slow, again and again, and what `fetch` throws
 */
export const transfer = async (options: TransferOptions): Promise<void> => {
  const { url, name, path, size, fetch, signal, minimumRate, onBytes } = options;
  const { constants, open } = await import('node:fs/promises');
  const file = await open(path, constants.O_RDWR | constants.O_CREAT);
  try {
    const there = (await file.stat()).size;
    let position = there <= size ? there : 0;
    if (there > size) await file.truncate(0);
    for (let failures = 0; position < size; ) {
      const before = position;
      let failure: unknown;
      const listening = untilSilent(signal, new URL(url).host, { minimumRate });
      try {
        const response = await fetch(listening.signal)(url, { headers: { Range: `bytes=${position}-` } });
        position = firstByte(response, position, { name, size });
        for await (const chunk of response.body ?? []) {
          listening.heard(chunk.length);
          if (position + chunk.length > size) throw wrongSize(name, size, `more than ${size}`);
          for (let done = 0; done < chunk.length; ) {
            done += (await file.write(chunk, done, chunk.length - done, position + done)).bytesWritten;
          }
          position += chunk.length;
          onBytes(position);
        }
      } catch (error) {
        signal.throwIfAborted();
        // fetch reports a broken connection as a TypeError.
        if (!(NetworkError.isInstance(error) || error instanceof TypeError)) throw error;
        if (error instanceof HubFailure && !error.mayPass) throw error;
        failure = error;
      } finally {
        listening.stop();
      }
      if (position === size) break;
      failures = position - before < progressBytes ? failures + 1 : 0;
      if (failures === attempts) {
        const isSilent = listening.signal.aborted;
        if (NetworkError.isInstance(failure) && (isSilent || position === 0)) throw failure;
        throw new DownloadError(`${name}: the download ended early, at ${position} of ${size} bytes.`, {
          value: position,
          hint: 'Run again: it goes on from there.',
          cause: failure,
        });
      }
      const wait = failure instanceof HubFailure ? failure.wait : undefined;
      if (wait !== undefined || failures > 1)
        await pause(Math.max(wait ?? 0, failures > 1 ? firstPauseMs * 2 ** (failures - 2) : 0), signal);
    }
    await file.sync();
  } finally {
    await file.close();
  }
};

/** Where the body of a response begins: at `asked`, or at 0 where the server does not serve parts. */
const firstByte = (
  { status, headers }: Response,
  asked: number,
  { name, size }: { name: string; size: number },
): number => {
  const range = /^bytes (\d+)-\d+\/(\d+)$/.exec(headers.get('Content-Range') ?? '');
  const length = headers.get('Content-Length');
  const total =
    status === 206 ? range?.[2] : headers.has('Content-Encoding') ? undefined : (length ?? undefined);
  if (total !== undefined && Number(total) !== size) throw wrongSize(name, size, total);
  const first = status === 206 ? Number(range?.[1]) : 0;
  if (first === asked || first === 0) return first;
  throw new NetworkError(`${name}: asked for the bytes from ${asked} on, got ${range?.[0] ?? 'others'}.`, {
    value: range?.[0],
  });
};

const wrongSize = (name: string, size: number, got: string): DownloadError =>
  new DownloadError(`${name}: expected ${size} bytes, got ${got}.`, {
    value: got,
    hint: 'The server sends another file than it lists; if it is a mirror, update it.',
  });
