import { AccessError, NetworkError, NotFoundError } from '@entrgi/core';
import type { Folder } from '../files/byte-source.js';
import { checkedToken } from '../hub/checked-token.js';
import { type ModelCache, modelCache, pieceKey } from './model-cache.js';
import { isAway } from './range.js';
import { addressedFolder, type UrlFolderOptions } from './url-folder.js';

/** Which revision of a repository, and who asks. */
export interface HubFolderOptions extends Omit<UrlFolderOptions, 'headers' | 'name'> {
  /**
   * Branch, tag or commit.
   * @default main
   */
  readonly revision?: string | undefined;
  /** For private and gated repositories; sent to the hub itself only. */
  readonly token?: string | undefined;
  /** @default https://huggingface.co */
  readonly endpoint?: string | undefined;
}

/** What a revision of a repository stands for: a commit, and its files. */
interface Commit {
  readonly sha: string;
  readonly files: readonly string[];
}

/**
 * A model of the Hugging Face hub, by its id, at the commit that the revision stands for now or, where the
 * hub is away, stood for when it was last asked.
 * @throws NotFoundError for one that there is not, AccessError for one that needs a token or another one,
 *   NetworkError where the hub cannot be reached
 */
export const hubFolder = async (id: string, options: HubFolderOptions = {}): Promise<Folder> => {
  const { revision = 'main', token: given, endpoint: hub = 'https://huggingface.co', ...rest } = options;
  const endpoint = hub.replace(/\/+$/, '');
  const token = checkedToken(given);
  const headers = token === undefined ? undefined : { authorization: `Bearer ${token}` };
  const cache = rest.cache === false ? undefined : (rest.cache ?? (await modelCache()));
  const { origin } = new URL(endpoint);
  /** What the storage that the hub sends on to refuses has nothing to do with who asks. */
  const refusal = (response: Response) =>
    new URL(response.url).origin === origin ? refusalOf(id, response, { endpoint, token }) : undefined;

  const askedCommit = async (): Promise<Commit> => {
    const asked = `${endpoint}/api/models/${id}/revision/${encodeURIComponent(revision)}`;
    const { signal } = rest;
    const response = await fetch(asked, {
      ...(headers === undefined ? {} : { headers }),
      ...(signal === undefined ? {} : { signal }),
    }).catch((cause) => {
      signal?.throwIfAborted();
      throw new NetworkError(`${id}: the hub cannot be reached.`, {
        value: asked,
        hint: 'Check the connection.',
        cause,
      });
    });
    const refused = refusal(response);
    if (refused !== undefined) throw refused;
    if (response.status === 404) {
      throw new NotFoundError(`${id}: the hub has no such model or revision.`, { value: { id, revision } });
    }
    return commitIn(id, response);
  };

  // It is kept as if it were a file of the repository, and deleted with those.
  const key = pieceKey(`${endpoint}/${id}/resolve/${encodeURIComponent(revision)}/`, 0);
  const { sha, files } = await orKept(askedCommit, key, cache);
  const places = files.map((file) => [file, `${endpoint}/${id}/resolve/${sha}/${file}`] as const);
  return addressedFolder(Object.fromEntries(places), {
    ...rest,
    cache: cache ?? false,
    headers,
    name: id,
    refusal,
    isFixed: true,
  });
};

const commitIn = async (id: string, response: Response): Promise<Commit> => {
  const facts = (await response.json().catch(() => ({}))) as {
    sha?: unknown;
    siblings?: readonly { readonly rfilename?: unknown }[];
  };
  if (!response.ok || typeof facts.sha !== 'string' || !/^[0-9a-f]{40}$/.test(facts.sha)) {
    throw new NetworkError(`${id}: expected a commit from the hub, got status ${response.status}.`, {
      value: response.status,
    });
  }
  const files = (facts.siblings ?? []).flatMap(({ rfilename }) =>
    // Whatever stands in its list, a file is inside the repository's folder.
    typeof rfilename === 'string' &&
    /^(?!\.\.?(?:\/|$))[\w.-]+(?:\/(?!\.\.?(?:\/|$))[\w.-]+)*$/.test(rfilename)
      ? [rfilename]
      : [],
  );
  return { sha: facts.sha, files };
};

/** What is asked for, which is kept; where nobody answers, what was kept the last time. */
const orKept = async (
  ask: () => Promise<Commit>,
  key: string,
  cache: ModelCache | undefined,
): Promise<Commit> => {
  try {
    const commit = await ask();
    await cache?.put(key, new TextEncoder().encode(JSON.stringify(commit)));
    return commit;
  } catch (error) {
    const kept = isAway(error) ? await cache?.get(key) : undefined;
    if (kept === undefined) throw error;
    return JSON.parse(await kept.text()) as Commit;
  }
};

/** What the hub means by a status; undefined where it does not refuse. */
const refusalOf = (
  id: string,
  { status, headers }: Response,
  { endpoint, token }: { readonly endpoint: string; readonly token: string | undefined },
): AccessError | undefined => {
  if (status !== 401 && status !== 403) return undefined;
  if (headers.get('x-error-code') === 'GatedRepo') {
    return new AccessError(`${id} is gated (status ${status}).`, {
      value: id,
      hint: `Accept its terms at ${endpoint}/${id}, and give a token of the account that did.`,
    });
  }
  if (token === undefined) {
    return new AccessError(`${id}: the hub refuses, or has no such model (status ${status}).`, {
      value: id,
      hint: 'Check its name; a private or gated model needs a token.',
    });
  }
  return new AccessError(`${id}: the hub does not accept the token (status ${status}).`, {
    value: id,
    hint: 'It is wrong, has expired, or may not read this model; give another one, or check the name.',
  });
};
