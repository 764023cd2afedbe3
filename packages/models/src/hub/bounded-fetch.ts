import { NetworkError } from '@entrgi/core';
import { type ListeningOptions, untilSilent } from './until-silent.js';

/** Longest answer about a repository, in bytes when unpacked: a page lists a thousand files. */
const LIMIT = 64_000_000;
/** Pages of a listing: a million files. */
const PAGES = 1000;

interface AnswerLimits extends ListeningOptions {
  readonly limit?: number;
  readonly pages?: number;
}

/**
 * A `fetch` for answers about a repository, which are read as a whole: they end, or a NetworkError says that
 * they do not, whatever the server does. An answer of several pages is one `fetch` each.
 */
export const boundedFetch = (
  fetch: (signal: AbortSignal) => typeof globalThis.fetch,
  signal: AbortSignal,
  host: string,
  { limit = LIMIT, pages = PAGES, ...least }: AnswerLimits = {},
): typeof globalThis.fetch => {
  let asked = 0;
  const endless = (what: string): NetworkError =>
    new NetworkError(`${host} does not come to an end: ${what}.`, {
      value: host,
      hint: 'Check HF_ENDPOINT, and run again later.',
    });
  return async (input, init) => {
    asked += 1;
    if (asked > pages) throw endless(`more than ${pages} pages`);
    const listening = untilSilent(signal, host, least);
    try {
      const response = await fetch(listening.signal)(input, init);
      listening.heard(0);
      const parts: Uint8Array[] = [];
      let length = 0;
      for await (const chunk of response.body ?? []) {
        listening.heard(chunk.length);
        parts.push(chunk);
        length += chunk.length;
        if (length > limit) throw endless(`more than ${limit} bytes`);
      }
      const headers = new Headers(response.headers);
      // The body is there decoded.
      for (const name of ['content-encoding', 'content-length']) headers.delete(name);
      return new Response(Buffer.concat(parts), {
        status: response.status,
        headers,
      });
    } catch (error) {
      signal.throwIfAborted();
      listening.signal.throwIfAborted();
      throw error;
    } finally {
      listening.stop();
    }
  };
};
