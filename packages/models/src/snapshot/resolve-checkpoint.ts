import { InvalidArgumentError, NotFoundError } from '@entrgi/core';
import { pickOptions, requireKnownOptions, requireText } from '@entrgi/core/internal';
import { modelFolder } from '../files/model-folder.js';
import { nodeFolder } from '../files/node-folder.js';
import { type HubOptions, hubOptionNames } from '../hub/hub-options.js';
import { hubSettings } from '../hub/hub-settings.js';
import { downloadSnapshot } from './download-snapshot.js';
import type { ResolveOptions } from './resolve-options.js';
import { sourceName } from './source-name.js';

/**
 * The directory of a checkpoint, which is a directory already, an ONNX file in one, or a repository of the
 * Hugging Face hub: `owner/name`, `owner/name@REV` or, of a file in it, `owner/name/onnx/model.onnx`. What
 * exists on disk or begins with `.`, `/` or `~` is a path. Of a repository, the files that loading the wanted
 * weights needs are brought into the cache that all tools of the hub share, unless they are there; never its
 * other ONNX files.
 * @throws NotFoundError where there is nothing of that name, AccessError where the hub refuses, NetworkError
 *   where it cannot be reached and the cache does not have everything, DownloadError for files that arrive
 *   damaged, DiskFullError and NotWritableError; and, before any weights are fetched, CheckpointError or
 *   UnsupportedError for a repository that could not be loaded
 */
export const resolveCheckpoint = async (source: string, options: ResolveOptions = {}): Promise<string> => {
  requireText('source', source);
  // Loaders hand over all of their options.
  requireKnownOptions('resolveCheckpoint', pickOptions<HubOptions>(options, hubOptionNames), hubOptionNames);
  return (await resolveSource(source, options)).directory;
};

/** The same, and the ONNX file where the source is one: relative to the directory. */
export const resolveSource = async (
  source: string,
  options: ResolveOptions,
): Promise<{ readonly directory: string; readonly file?: string | undefined }> => {
  requireText('source', source);
  // Imported when needed, so that the package also loads in a browser.
  const { stat } = await import('node:fs/promises');
  const { homedir } = await import('node:os');
  const { isAbsolute, resolve } = await import('node:path');
  const path = source.replace(/^~(?=[/\\]|$)/, homedir());
  const facts = await stat(path).catch(() => undefined);
  if (facts?.isFile() === true && path.endsWith('.onnx')) {
    const { folder, file } = await modelFolder(resolve(path), nodeFolder);
    return { directory: folder.name, file };
  }
  if (facts !== undefined && source !== '') return { directory: path };
  const name = sourceName(source);
  if (isAbsolute(path) || name.kind === 'path') {
    throw new NotFoundError(`${source}: no such file or directory.`, {
      value: source,
      hint: 'Check the path.',
    });
  }
  if (name.kind === 'address') {
    throw new InvalidArgumentError(`${source}: expected a directory or an id of the hub, got an address.`, {
      value: source,
      hint: `Download its folder, or load urlFolder('${source}').`,
    });
  }
  if (name.kind === 'repository') {
    const { id, revision = options.revision, file } = name;
    const choice = { ...options, file: file ?? options.file };
    return {
      directory: await downloadSnapshot(id, await hubSettings({ ...options, revision }), choice),
      file,
    };
  }
  throw new InvalidArgumentError(
    `${JSON.stringify(source)}: there is no such directory, and the hub cannot have such a model, which would be called owner/name.`,
    { value: source, hint: 'Check the path or the id.' },
  );
};
