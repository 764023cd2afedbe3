/** A repository of the hub, by its name. */
export interface RepositoryName {
  /** `owner/name`. */
  readonly id: string;
  /** Branch, tag or commit; undefined where the name has none. */
  readonly revision?: string;
  /** An ONNX file in it. */
  readonly file?: string;
}

/** What the name of a model stands for, before anything is looked for. */
export type SourceName =
  /** Of a web server. */
  | { readonly kind: 'address' }
  /** Of a disk or, in a browser, of the page's own host. */
  | { readonly kind: 'path' }
  | ({ readonly kind: 'repository' } & RepositoryName)
  /** No repository can be called so. */
  | { readonly kind: 'other' };

/**
 * Tells apart what models are called, by the name alone: `https://…` is an address, what begins with `.`, `/`
 * or `~` a path, and `owner/name`, `owner/name@REV`, `owner/name/onnx/model.onnx` or the address of any of
 * them on huggingface.co a repository. A revision ends with its first slash where a file is named, but for
 * those that begin with `refs/`.
 */
export const sourceName = (text: string): SourceName => {
  const [, id, pageRevision, path = ''] = HUB_PAGE.exec(text) ?? [];
  if (id !== undefined) {
    const revision = pageRevision === undefined ? {} : { revision: decoded(pageRevision) };
    return repository({ id, ...revision, ...(path.endsWith('.onnx') ? { file: path } : {}) });
  }
  if (/^https?:\/\//i.test(text)) return { kind: 'address' };
  if (/^[./~]/.test(text)) return { kind: 'path' };
  const [, named, revision, file] = ONNX_FILE.exec(text) ?? REPOSITORY.exec(text) ?? [];
  if (named === undefined) return { kind: 'other' };
  return repository({
    id: named,
    ...(revision === undefined ? {} : { revision }),
    ...(file === undefined ? {} : { file }),
  });
};

const ONNX_FILE = /^([^/@]+\/[^/@]+)(?:@((?:refs\/[^/]+\/)?[^/]+))?\/(.+\.onnx)$/;
const REPOSITORY = /^([^/@]+\/[^/@]+)(?:@(.+))?$/;

/** A repository's page, or that of a folder or a file in it, whose revision is one part of the address. */
const HUB_PAGE =
  /^https:\/\/huggingface\.co\/([^/?#]+\/[^/?#]+)(?:\/(?:tree|blob|resolve)\/([^/?#]+)(?:\/([^?#]*))?)?\/?(?:[?#].*)?$/;

const decoded = (part: string): string => {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
};

const repository = (name: RepositoryName): SourceName => {
  const isInside = name.file?.split('/').every((part) => !['', '.', '..'].includes(part)) ?? true;
  return isRepositoryId(name.id) && isInside ? { kind: 'repository', ...name } : { kind: 'other' };
};

/** Whether a text can be the id of a repository of the hub, `owner/name`, by the hub's own rules. */
const isRepositoryId = (text: string): boolean =>
  /^\b[\w.-]{1,96}\b\/\b[\w.-]{1,96}\b$/.test(text) && !/--|\.\.|\.git$/.test(text);
