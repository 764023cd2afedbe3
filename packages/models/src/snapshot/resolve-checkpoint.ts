import {
  InvalidArgumentError,
  NotFoundError,
  pickOptions,
  requireKnownOptions,
  requireText,
} from '@entrgi/core';
import { type HubOptions, hubOptionNames } from '../hub/hub-options.js';
import { hubSettings } from '../hub/hub-settings.js';
import { downloadSnapshot } from './download-snapshot.js';
import { isRepositoryId } from './repository-id.js';
import type { ResolveOptions } from './resolve-options.js';

/**
 * The directory of a checkpoint, which is a directory already or the id of a repository of the Hugging Face hub (`owner/name`). What
 * exists on disk or begins with `.`, `/` or `~` is a directory. Of a repository, the files that loading the wanted weights needs are brought
 * into the cache that all tools of the hub share, unless they are there; never its other ONNX files.
 * Throws NotFoundError where there is nothing of that name, AccessError where the hub refuses, NetworkError where it cannot be reached and
 * the cache does not have everything, DownloadError for files that arrive damaged, DiskFullError and NotWritableError; and, before any weights are fetched,
 * CheckpointError or UnsupportedError for a repository that could not be loaded.
 */
export const resolveCheckpoint = async (source: string, options: ResolveOptions = {}): Promise<string> => {
  requireText('source', source);
  // Loaders hand over all of their options.
  requireKnownOptions('resolveCheckpoint', pickOptions<HubOptions>(options, hubOptionNames), hubOptionNames);
  // Imported when needed, so that the package also loads in a browser.
  const { stat } = await import('node:fs/promises');
  const { homedir } = await import('node:os');
  const { isAbsolute } = await import('node:path');
  const path = source.replace(/^~(?=[/\\]|$)/, homedir());
  const exists = await stat(path).then(
    () => true,
    () => false,
  );
  if (exists && source !== '') return path;
  if (isAbsolute(path) || source.startsWith('.')) {
    throw new NotFoundError(`${source}: no such file or directory.`, {
      value: source,
      hint: 'Check the path.',
    });
  }
  if (isRepositoryId(source)) return downloadSnapshot(source, await hubSettings(options), options);
  throw new InvalidArgumentError(
    `${JSON.stringify(source)} is no directory, and cannot be a model of the hub either, which is called owner/name.`,
    { value: source, hint: 'Check the path or the id.' },
  );
};
