import { EntrgiError, NetworkError } from '@entrgi/core';
import type { HubSettings } from './hub-settings.js';

/** A file of a repository at one commit. */
export interface HubFile {
  /** Path in the repository, with forward slashes. */
  readonly name: string;
  readonly size: number;
  /**
   * SHA-256 of a large file, 64 digits; else git's SHA-1 of the blob, 40 digits. Also its name in the cache.
   */
  readonly hash: string;
}

const commitHash = /^[0-9a-f]{40}$/;

/**
 * The commit that a revision stands for; commits stand for themselves.
 * @throws what hubFetch throws
 */
export const commitOf = async (
  id: string,
  { endpoint, revision }: HubSettings,
  fetch: typeof globalThis.fetch,
): Promise<string> => {
  if (commitHash.test(revision)) return revision;
  const { modelInfo } = await import('@huggingface/hub');
  return understood(endpoint, async () => {
    const { sha } = await modelInfo({
      name: id,
      revision,
      additionalFields: ['sha'],
      hubUrl: endpoint,
      fetch,
    });
    if (commitHash.test(sha)) return sha;
    throw notUnderstood(endpoint, sha);
  });
};

/**
 * All files of a repository, those in folders too.
 * @throws what hubFetch throws
 */
export const filesOf = async (
  id: string,
  commit: string,
  { endpoint }: HubSettings,
  fetch: typeof globalThis.fetch,
): Promise<HubFile[]> => {
  const { listFiles } = await import('@huggingface/hub');
  return understood(endpoint, async () => {
    const files: HubFile[] = [];
    for await (const entry of listFiles({
      repo: id,
      revision: commit,
      recursive: true,
      hubUrl: endpoint,
      fetch,
    })) {
      const { type, path: name, size, lfs, oid } = entry;
      if (type !== 'file') continue;
      const hash = lfs?.oid ?? oid ?? '';
      const isRight = typeof name === 'string' && Number.isSafeInteger(size) && size >= 0;
      if (!isRight || !/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(hash)) throw notUnderstood(endpoint, entry);
      if (staysInside(name)) files.push({ name, size, hash });
    }
    return files;
  });
};

/**
 * Whether a path names something inside the folder that it is relative to. Others are passed over: nothing
 * that is wanted has such a name.
 */
const staysInside = (path: string): boolean =>
  !path.includes('\\') && path.split('/').every((part) => !['', '.', '..'].includes(part));

/** Runs a function of @huggingface/hub, which trusts that the answer is what it expects. */
const understood = async <T>(endpoint: string, ask: () => Promise<T>): Promise<T> => {
  try {
    return await ask();
  } catch (error) {
    if (EntrgiError.isInstance(error) || (error as Error).name === 'AbortError') throw error;
    throw notUnderstood(endpoint, undefined, error);
  }
};

const notUnderstood = (endpoint: string, value: unknown, cause?: unknown): NetworkError =>
  new NetworkError(`${new URL(endpoint).host} does not answer as the Hugging Face hub does.`, {
    value,
    cause,
    hint: 'Check HF_ENDPOINT, and whether a proxy or login page stands between.',
  });
