import { modelCache } from '@entrgi/models';

/** What the browser keeps of a model for this site. */
export interface StoredModel {
  readonly name: string;
  readonly bytes: number;
  /** What the addresses of its files begin with. */
  readonly beginning: string;
}

/** The models that are kept, the largest first; undefined where the browser keeps nothing. */
export const storedModels = async (): Promise<readonly StoredModel[] | undefined> => {
  const stored = await (await modelCache())?.list();
  if (stored === undefined) return undefined;
  const models = new Map<string, StoredModel>();
  for (const [address, bytes] of stored) {
    const { name, beginning } = modelOf(address);
    models.set(beginning, { name, beginning, bytes: bytes + (models.get(beginning)?.bytes ?? 0) });
  }
  return [...models.values()].sort((a, b) => b.bytes - a.bytes);
};

/** Returns the bytes that this frees. */
export const deleteStored = async ({ beginning }: StoredModel): Promise<number> =>
  (await (await modelCache())?.delete(beginning)) ?? 0;

const modelOf = (address: string): Pick<StoredModel, 'name' | 'beginning'> => {
  const [hub, id] = /^.*\/([^/]+\/[^/]+)\/resolve\//.exec(address) ?? [];
  if (hub !== undefined) return { name: id!, beginning: hub };
  const folder = address.replace(/(\/onnx)?\/[^/]*$/, '/');
  return { name: folder.replace(/^https?:\/\/|\/$/g, ''), beginning: folder };
};
