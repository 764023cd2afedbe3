import type { Model } from '@entrgi/onnx';
import { weightLocations } from '../files/weight-locations.js';

/**
 * Makes the model's external data relative to a folder that it really lies in, and returns that folder. It is the model's own unless links lead
 * out of it, as all those of a Hugging Face cache do, which onnxruntime does not follow.
 * Throws CheckpointError for links that leave the checkpoint, InvalidModelError for data that is not there or too short.
 */
export const placeExternalData = async (
  model: Model,
  { path, directory }: { readonly path: string; readonly directory: string },
): Promise<string> => {
  // Imported when needed, so that the package also loads in a browser.
  const { realpath } = await import('node:fs/promises');
  const { dirname, join, sep } = await import('node:path');
  const { checkExternalFiles } = await import('@entrgi/onnx/node');
  const own = dirname(path);
  const files = [
    ...new Set([...model.graph.initializers.values()].flatMap(({ external }) => external?.location ?? [])),
  ];
  const real = await Promise.all(files.map((file) => realpath(join(own, file)).catch(() => undefined)));
  const root = `${await realpath(own)}${sep}`;
  let folder = own;
  // What is missing is told by the check below.
  if (real.every((file) => file !== undefined) && !real.every((file) => file.startsWith(root))) {
    const placed = await weightLocations(directory, real);
    const locationOf = new Map(files.map((file, i) => [file, placed.locations[i]!]));
    for (const [name, initializer] of model.graph.initializers) {
      const { external } = initializer;
      if (external === undefined) continue;
      const location = locationOf.get(external.location)!;
      model.graph.initializers.set(name, { ...initializer, external: { ...external, location } });
    }
    folder = placed.folder;
  }
  await checkExternalFiles(model, folder);
  return folder;
};
