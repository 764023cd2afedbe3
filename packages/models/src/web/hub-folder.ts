import { AccessError, NetworkError, NotFoundError } from '@entrgi/core';
import type { Folder } from '../files/byte-source.js';
import { type UrlFolderOptions, urlFolder } from './url-folder.js';

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

/**
 * A model of the Hugging Face hub, by its id, at the commit that the revision stands for now.
 * @throws NotFoundError for one that there is not, AccessError for one that needs a token, NetworkError where
 *   the hub cannot be reached
 */
export const hubFolder = async (id: string, options: HubFolderOptions = {}): Promise<Folder> => {
  const { revision = 'main', token, endpoint = 'https://huggingface.co', ...rest } = options;
  const headers = token === undefined ? undefined : { authorization: `Bearer ${token}` };
  const asked = `${endpoint}/api/models/${id}/revision/${encodeURIComponent(revision)}`;
  const response = await fetch(asked, {
    ...(headers === undefined ? {} : { headers }),
    ...(rest.signal === undefined ? {} : { signal: rest.signal }),
  }).catch((cause) => {
    rest.signal?.throwIfAborted();
    throw new NetworkError(`${id}: the hub cannot be reached.`, {
      value: asked,
      hint: 'Check the connection.',
      cause,
    });
  });
  if (response.status === 401 || response.status === 403) {
    throw new AccessError(`${id}: the hub refuses, or there is no such model.`, {
      value: id,
      hint: 'Check its name; of private and gated models, pass a token.',
    });
  }
  if (response.status === 404) {
    throw new NotFoundError(`${id}: the hub has no such model or revision.`, { value: { id, revision } });
  }
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
  const places = files.map((file) => [file, `${endpoint}/${id}/resolve/${facts.sha}/${file}`] as const);
  return urlFolder(Object.fromEntries(places), { ...rest, headers, name: id });
};
