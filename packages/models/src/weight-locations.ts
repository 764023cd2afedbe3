import { CheckpointError } from '@entrgi/core';

/**
 * The folder that holds the files (absolute paths, links resolved) and their paths inside it, which ONNX external data needs.
 * It is the directory itself or, for a Hugging Face cache (snapshots/REVISION/FILE links to ../../blobs/HASH), the folder above both:
 * onnxruntime follows no link that leaves its folder. Links to anywhere else are refused.
 */
export const weightLocations = async (
  directory: string,
  files: readonly string[],
): Promise<{ folder: string; locations: string[] }> => {
  const { realpath } = await import('node:fs/promises');
  const { dirname, join, relative, sep } = await import('node:path');
  const own = await realpath(directory);
  const inside = (folder: string) => files.every((file) => file.startsWith(folder + sep));
  const cache = dirname(dirname(own));
  const folder = inside(own) ? own : inside(join(cache, 'blobs')) ? cache : undefined;
  if (folder === undefined) {
    throw new CheckpointError(`${directory}: its weights are links that leave the folder.`, {
      value: files,
      cure: 'Copy the files into the folder.',
    });
  }
  return { folder, locations: files.map((file) => relative(folder, file).split(sep).join('/')) };
};
