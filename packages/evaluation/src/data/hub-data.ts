import { AccessError, NetworkError, NotFoundError, UnsupportedError } from '@entrgi/core';

/** A data set of the hub: its repository, and which of its tables. */
export interface HubData {
  /** owner/name. */
  readonly id: string;
  /** @default `default`, else the first */
  readonly config?: string | undefined;
  /** @default `test`, else the first */
  readonly split?: string | undefined;
}

/** The data sets of the published tables, by name. */
const published: Readonly<Record<string, HubData>> = {
  'reward-bench-2': { id: 'allenai/reward-bench-2', split: 'test' },
  judgebench: { id: 'ScalerLab/JudgeBench', split: 'gpt' },
  'rm-bench': { id: 'THU-KEG/RM-Bench', split: 'train' },
};

/**
 * The data set of the hub that a name means: one of the published tables, or owner/name, owner/name:split or
 * owner/name:config/split. Undefined for other names.
 */
export const hubDataOf = (name: string): HubData | undefined => {
  if (Object.hasOwn(published, name)) return published[name];
  const [, id, config, split] = /^([\w.-]+\/[\w.-]+)(?::(?:([\w.-]+)\/)?([\w.-]+))?$/.exec(name) ?? [];
  return id === undefined ? undefined : { id, config, split };
};

/**
 * The files of a data set, which the hub has in Parquet whatever they are stored as. HF_ENDPOINT and HF_TOKEN
 * are respected.
 * @throws AccessError, NotFoundError and NetworkError as the hub says, and UnsupportedError offline
 *   (HF_HUB_OFFLINE)
 */
export const fetchHubData = async (
  { id, config, split }: HubData,
  signal?: AbortSignal,
): Promise<Uint8Array[]> => {
  const { HF_ENDPOINT = 'https://huggingface.co', HF_TOKEN, HF_HUB_OFFLINE } = process.env;
  if (HF_HUB_OFFLINE === '1') {
    throw new UnsupportedError(`${id}: data sets of the hub are not kept, and HF_HUB_OFFLINE is set.`, {
      value: id,
      hint: 'Download it as a file.',
    });
  }
  const headers = HF_TOKEN === undefined ? {} : { authorization: `Bearer ${HF_TOKEN}` };
  const get = async (url: string): Promise<Response> => {
    // A token is for the hub itself.
    const own = url.startsWith(HF_ENDPOINT) ? headers : {};
    const response = await fetch(url, { headers: own, signal: signal ?? null }).catch((cause) => {
      signal?.throwIfAborted();
      throw new NetworkError(`${url} cannot be reached (${(cause as Error).message}).`, {
        value: url,
        cause,
      });
    });
    if (!response.ok) throw answerError(response, id);
    return response;
  };
  const tables = (await (await get(`${HF_ENDPOINT}/api/datasets/${id}/parquet`)).json()) as Tables;
  const splits = chosen(tables, config, 'default', `${id}: configuration`);
  const files = chosen(splits, split, 'test', `${id}: split`);
  return Promise.all(files.map(async (url) => new Uint8Array(await (await get(url)).arrayBuffer())));
};

/** Addresses by configuration and split. */
type Tables = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

const chosen = <T>(
  all: Readonly<Record<string, T>>,
  asked: string | undefined,
  usual: string,
  what: string,
): T => {
  const names = Object.keys(all);
  const name = asked ?? (names.includes(usual) ? usual : names[0]);
  if (name !== undefined && Object.hasOwn(all, name)) return all[name]!;
  throw new NotFoundError(`${what}: expected one of ${names.join(', ')}, got ${asked}.`, { value: asked });
};

const answerError = ({ status, url }: Response, id: string): Error => {
  const details = { value: id };
  if (status === 401 || status === 403) {
    return new AccessError(`${id}: the hub refuses (${status}).`, {
      ...details,
      hint: 'Set HF_TOKEN, or accept its licence.',
    });
  }
  if (status === 404) {
    return new NotFoundError(`${id}: the hub has no such data set.`, { ...details, hint: 'Check the name.' });
  }
  return new NetworkError(`${url} answers with status ${status}.`, details);
};
