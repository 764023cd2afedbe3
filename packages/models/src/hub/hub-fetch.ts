import { AccessError, type ErrorDetails, NetworkError, NotFoundError } from '@entrgi/core';
import type { HubSettings } from './hub-settings.js';

/**
 * `fetch` for one repository: the token goes to the endpoint's own origin only (fetch itself drops it from
 * redirects that leave it), and whatever is no success is thrown as an error that shows neither the token nor
 * the address of a redirect, which may be signed.
 */
export const hubFetch = (
  id: string,
  { endpoint, token, revision }: HubSettings,
): ((signal: AbortSignal) => typeof fetch) => {
  const { origin, host } = new URL(endpoint);
  return (signal) => async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const headers = new Headers(init?.headers);
    if (token !== undefined && url.origin === origin) headers.set('Authorization', `Bearer ${token}`);
    let response: Response;
    try {
      response = await fetch(url, { ...init, headers, signal });
    } catch (error) {
      signal.throwIfAborted();
      const reason = reasonOf(error);
      if (reason === 'redirect count exceeded') {
        const hint = 'Check HF_ENDPOINT, and whether a proxy or login page stands between.';
        throw new HubFailure(`${host} redirects without end.`, { value: endpoint, hint, cause: error });
      }
      throw new NetworkError(`${host} cannot be reached (${reason}).`, {
        value: endpoint,
        hint: `Check the connection and HF_ENDPOINT; what is in the cache already needs neither. There is no directory ${id} either.`,
        cause: error,
      });
    }
    if (response.ok) return response;
    await response.body?.cancel().catch(() => {});
    const place = response.url === '' ? url : new URL(response.url);
    if (place.origin !== origin) throw unexpected(place.host, response);
    throw refusal(response, { id, revision, endpoint, hasToken: token !== undefined });
  };
};

/** "ECONNREFUSED"; fetch hides it in the cause. */
const reasonOf = (error: unknown): string => {
  const { cause } = error as { cause?: { code?: unknown; message?: unknown } };
  if (typeof cause?.code === 'string') return cause.code;
  return cause?.message === 'redirect count exceeded' ? cause.message : (error as Error).name;
};

/** Statuses after which asking again may help; after others the request itself is wrong. */
const mayPass = (status: number): boolean => status >= 500 || [408, 425, 429].includes(status);

const unexpected = (host: string, { status, headers }: Response): NetworkError =>
  new HubFailure(
    `${host} answered with status ${status}.`,
    { value: status, hint: 'Run again later.' },
    { mayPass: mayPass(status), wait: retryAfter(headers) },
  );

/** Longest wait that a server may ask for, in milliseconds. */
const LONGEST_WAIT = 60_000;

/** Milliseconds that a server asks to wait: seconds, or a date. */
const retryAfter = (headers: Headers): number | undefined => {
  const text = headers.get('Retry-After');
  if (text === null) return undefined;
  const isSeconds = /^\d+$/.test(text);
  // A date begins with the day of the week; JavaScript reads anything else as one, too.
  const isDate = /^[A-Z][a-z]/.test(text);
  const wait = isSeconds ? Number(text) * 1000 : isDate ? Date.parse(text) - Date.now() : Number.NaN;
  return Number.isFinite(wait) ? Math.min(Math.max(wait, 0), LONGEST_WAIT) : undefined;
};

/** An answer that is no success and means nothing more exact. */
export class HubFailure extends NetworkError {
  /** Whether asking again may help. */
  readonly mayPass: boolean;
  /** Milliseconds to wait before that, where the server says so. */
  readonly wait: number | undefined;

  constructor(
    message: string,
    details: ErrorDetails,
    { mayPass = false, wait }: { mayPass?: boolean; wait?: number | undefined } = {},
  ) {
    super(message, details);
    this.name = 'NetworkError';
    this.mayPass = mayPass;
    this.wait = wait;
  }
}

/**
 * What a status means. The hub says 401 of a repository that does not exist, so as not to tell which private
 * ones do.
 */
const refusal = (
  response: Response,
  { id, revision, endpoint, hasToken }: { id: string; revision: string; endpoint: string; hasToken: boolean },
): Error => {
  const { status, headers } = response;
  const value = id;
  const reason = headers.get('X-Error-Code');
  const page = `${endpoint}/${id}`;
  const token = 'a token (option token, HF_TOKEN, or `hf auth login`)';
  if (reason === 'GatedRepo') {
    return new AccessError(`${id} is gated (status ${status}).`, {
      value,
      hint: `Accept its licence at ${page}, and use ${token} of the account that did.`,
    });
  }
  if (status === 401 && hasToken) {
    return new AccessError(`${id}: the hub does not accept the token (status 401).`, {
      value,
      hint: 'It is wrong, has expired, or is not allowed to read the repository; or the id is misspelt, or meant a directory, which is not there either.',
    });
  }
  if (status === 401) {
    return new AccessError(
      `${id}: there is no such directory, and the hub has no public model of that name (status 401).`,
      {
        value,
        hint: `Check the spelling. A private model needs ${token}.`,
      },
    );
  }
  if (status === 403) {
    return new AccessError(`${id}: access is refused (status 403).`, {
      value,
      hint: `See ${page}: perhaps a licence is to be accepted, or the token is not allowed to read the repository.`,
    });
  }
  if (status === 404 && reason === 'RevisionNotFound') {
    return new NotFoundError(`${id} has no revision ${revision} (status 404).`, {
      value: revision,
      hint: `See ${page}/tree/main for its branches, tags and commits.`,
    });
  }
  if (status === 404) {
    return new NotFoundError(
      `${id}: there is no such directory, and the hub has no such model (status 404).`,
      {
        value,
        hint: `Check the spelling. A private model needs ${token}.`,
      },
    );
  }
  return unexpected(new URL(endpoint).host, response);
};
