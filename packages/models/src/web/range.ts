import { DownloadError, NetworkError } from '@entrgi/core';

/** How requests are sent. */
export interface RequestOptions {
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** And what an answer that is no success means, where the server's own words say more. */
export interface Requests extends RequestOptions {
  readonly refusal?: ((response: Response) => Error | undefined) | undefined;
}

/** The first bytes of a resource, and how many there are; of a server that gives no parts, all. */
export interface Beginning {
  readonly size: number;
  readonly bytes: Blob;
}

/** JSON files come whole with it, and of weights the header. */
const BEGINNING = 2 ** 18;

/** More is not taken into memory at once. */
const LARGEST_WHOLE = 2 ** 28;

/** Longest that is waited before a request is sent again, in milliseconds; there are three tries. */
const PAUSES = [0, 400, 1600];

/** What a server says of something that is not there; some storage answers 403. */
const MISSING = [403, 404, 410];

/**
 * Asks for the beginning of a resource; undefined where there is none.
 * @throws NetworkError where the server cannot be reached
 */
export const fetchBeginning = async (url: string, options: Requests = {}): Promise<Beginning | undefined> => {
  const response = await request(url, `bytes=0-${BEGINNING - 1}`, options);
  const refused = response.ok ? undefined : options.refusal?.(response);
  if (refused !== undefined) throw refused;
  if (MISSING.includes(response.status)) return undefined;
  // Of an empty file, no part can be had.
  if (response.status === 416) return { size: 0, bytes: new Blob() };
  if (!response.ok) throw refusal(url, response);
  const bytes = await bodyOf(url, response, options);
  const total = /\/(\d+)$/.exec(response.headers.get('content-range') ?? '')?.[1];
  if (response.status === 206 && total !== undefined) {
    return { size: Number(total), bytes };
  }
  // Of how much it is a part, many a server lets no other site read.
  const all = response.status === 206 && bytes.size === BEGINNING ? await fetchAll(url, options) : bytes;
  return { size: all.size, bytes: all };
};

const fetchAll = async (url: string, options: Requests): Promise<Blob> => {
  const response = await request(url, undefined, options);
  if (!response.ok) throw options.refusal?.(response) ?? refusal(url, response);
  const size = Number(response.headers.get('content-length'));
  if (size <= LARGEST_WHOLE) return bodyOf(url, response, options);
  await response.body?.cancel();
  throw new NetworkError(`${url}: the server gives parts of ${size} bytes and does not say of how much.`, {
    value: url,
    hint: 'Let it expose the header Content-Range.',
  });
};

/**
 * The bytes from `offset` on, `length` of them.
 * @throws NetworkError, DownloadError for another number of bytes, and the signal's reason
 */
export const fetchRange = async (
  url: string,
  offset: number,
  length: number,
  options: Requests & { readonly onBytes?: ((count: number) => void) | undefined } = {},
): Promise<Uint8Array<ArrayBuffer>> => {
  if (length === 0) return new Uint8Array(0);
  const response = await request(url, `bytes=${offset}-${offset + length - 1}`, options);
  if (response.status !== 206) throw options.refusal?.(response) ?? refusal(url, response);
  const bytes = new Uint8Array(await (await bodyOf(url, response, options)).arrayBuffer());
  if (bytes.length === length) return bytes;
  throw new DownloadError(`${url}: expected ${length} bytes at ${offset}, got ${bytes.length}.`, {
    value: bytes.length,
  });
};

/** Sends a request, and sends it again where the network or the server fails. */
const request = async (
  url: string,
  range: string | undefined,
  { headers, signal }: RequestOptions,
): Promise<Response> => {
  let failure: unknown;
  for (const pause of PAUSES) {
    if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
    signal?.throwIfAborted();
    try {
      const response = await fetch(url, {
        headers: { ...headers, ...(range === undefined ? {} : { range }) },
        ...(signal === undefined ? {} : { signal }),
      });
      if (response.status < 500 && response.status !== 429) return response;
      failure = refusal(url, response);
    } catch (error) {
      signal?.throwIfAborted();
      failure = new NetworkError(`${url}: the server cannot be reached.`, {
        value: url,
        hint: 'Check the connection and the address; the server must allow requests from this page (CORS).',
        cause: error,
      });
    }
  }
  throw failure;
};

/** Whether no answer came, or one that says that others will: what is kept is as good then. */
export const isAway = (error: unknown): boolean =>
  NetworkError.isInstance(error) &&
  (typeof error.value !== 'number' || error.value >= 500 || error.value === 429);

const refusal = (url: string, { status }: Response) =>
  new NetworkError(`${url}: expected the file, got status ${status}.`, { value: status });

const bodyOf = async (
  url: string,
  response: Response,
  { signal, onBytes }: RequestOptions & { readonly onBytes?: ((count: number) => void) | undefined },
): Promise<Blob> => {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  try {
    const reader = response.body!.getReader();
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      parts.push(read.value as Uint8Array<ArrayBuffer>);
      onBytes?.(read.value.length);
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw new DownloadError(`${url}: the download broke off.`, {
      value: url,
      hint: 'Try again: what has arrived is kept.',
      cause: error,
    });
  }
  return new Blob(parts);
};
