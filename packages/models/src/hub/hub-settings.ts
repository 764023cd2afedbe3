import { InvalidArgumentError } from '@entrgi/core';
import { checkedToken } from './checked-token.js';
import type { HubOptions } from './hub-options.js';

/** HubOptions with what the environment says in place of what is absent. */
export interface HubSettings extends HubOptions {
  /** URL without a slash at the end. */
  readonly endpoint: string;
  readonly revision: string;
  readonly cacheDir: string;
  readonly offline: boolean;
}

/**
 * Reads the environment variables and the token file that the tools of the hub have in common.
 * @throws InvalidArgumentError
 */
export const hubSettings = async (options: HubOptions): Promise<HubSettings> => {
  const { env } = await import('node:process');
  const { getHFHubCachePath } = await import('@huggingface/hub');
  return {
    ...options,
    endpoint: checkedEndpoint(env.HF_ENDPOINT || 'https://huggingface.co'),
    revision: checkedRevision(options.revision ?? 'main'),
    cacheDir: options.cacheDir ?? getHFHubCachePath(),
    offline: options.offline ?? isTrue(env.HF_HUB_OFFLINE),
    token: checkedToken(options.token ?? (await tokenOfUser(env)), WHERE_TOKEN),
  };
};

const WHERE_TOKEN = 'Check the option token, HF_TOKEN, or the file that `hf auth login` has written.';

const isTrue = (value: string | undefined): boolean => /^(?:1|on|yes|true)$/i.test(value ?? '');

/** The value may hold a password, so no error shows it. */
const checkedEndpoint = (text: string): string => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain = url !== undefined && /^https?:$/.test(url.protocol) && url.username + url.password === '';
  if (isPlain) return text.replace(/\/+$/, '');
  throw new InvalidArgumentError(
    'HF_ENDPOINT: expected an http or https URL without user name and password.',
  );
};

/** The name of a revision is a path in the cache. */
const checkedRevision = (revision: string): string => {
  const parts = revision.split('/');
  if (parts.every((part) => /^[\w.+@-]+$/.test(part) && !/^\.+$/.test(part))) return revision;
  throw new InvalidArgumentError(
    `revision: expected a branch, a tag or a commit, got ${JSON.stringify(revision)}.`,
    {
      value: revision,
      argument: 'revision',
    },
  );
};

const tokenOfUser = async (env: NodeJS.ProcessEnv): Promise<string | undefined> => {
  if (isTrue(env.HF_HUB_DISABLE_IMPLICIT_TOKEN)) return undefined;
  const { readFile } = await import('node:fs/promises');
  const { homedir } = await import('node:os');
  const { join } = await import('node:path');
  const home = env.HF_HOME ?? join(env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'huggingface');
  const stored = () => readFile(env.HF_TOKEN_PATH ?? join(home, 'token'), 'utf8').catch(() => undefined);
  return env.HF_TOKEN?.trim() || (await stored());
};
