import type { Folder } from './byte-source.js';

/** A folder, and which of its files was named. */
export interface OpenedFolder {
  readonly folder: Folder;
  /** An ONNX file, relative to the folder. */
  readonly file?: string | undefined;
}

/**
 * The folder of the model that an ONNX file belongs to: its own or, as transformers.js lays models out, the
 * one above, whichever has config.json.
 */
export const modelFolder = async (
  path: string,
  open: (directory: string) => Folder,
): Promise<OpenedFolder> => {
  const [, above, own, file] = /^(?:(.*)[/\\])?([^/\\]*)[/\\]([^/\\]+)$/.exec(path) ?? [];
  if (file === undefined) return { folder: open('.'), file: path };
  const directory = above === undefined ? own! : `${above}/${own}`;
  const folder = open(directory === '' ? '/' : directory);
  if (above === undefined || (await hasConfig(folder))) return { folder, file };
  const outer = open(above === '' ? '/' : above);
  return (await hasConfig(outer)) ? { folder: outer, file: `${own}/${file}` } : { folder, file };
};

const hasConfig = async (folder: Folder): Promise<boolean> => {
  const config = await folder.open('config.json');
  await config?.close();
  return config !== undefined;
};
