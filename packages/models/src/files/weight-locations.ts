import { CheckpointError } from '@entrgi/core';

/**
 * The folder that holds the files (absolute paths, links resolved) and their paths inside it, which ONNX
 * external data needs. It is the directory itself or, for a Hugging Face cache (snapshots/COMMIT/FILE links
 * to ../../blobs/HASH), the folder above both: onnxruntime follows no link that leaves its folder. Newer
 * versions of huggingface_hub make some blobs links again, to blobs/ beside all the models' folders. Links to
 * anywhere else are refused.
 */
export const weightLocations = async (
  directory: string,
  files: readonly string[],
): Promise<{ folder: string; locations: string[] }> => {
  const { realpath } = await import('node:fs/promises');
  const { basename, dirname, join, relative, sep } = await import('node:path');
  const own = await realpath(directory);
  const inside = (...folders: string[]) =>
    files.every((file) => folders.some((folder) => file.startsWith(folder + sep)));
  const model = dirname(dirname(own));
  const cache = dirname(model);
  const blobs = join(model, 'blobs');
  const folder = inside(own)
    ? own
    : inside(blobs)
      ? model
      : isModelCache(basename(model)) && inside(blobs, join(cache, 'blobs'))
        ? cache
        : undefined;
  if (folder === undefined) {
    throw new CheckpointError(`${directory}: its weights are links that leave the folder.`, {
      value: files,
      hint: 'Copy the files into the folder.',
    });
  }
  return { folder, locations: files.map((file) => relative(folder, file).split(sep).join('/')) };
};

const isModelCache = (folder: string): boolean => /^models--.+--.+$/.test(folder);
