import { InvalidModelError } from '@entrgi/core';
import type { Model } from '@entrgi/onnx';
import type { ExternalFiles, Folder } from '../files/byte-source.js';

/**
 * Makes a model's external data relative to what its files really lie in, and returns what sessions get them
 * from: a runtime does not follow links that lead out of the model's folder, as all those of a Hugging Face
 * cache do. `file` is the model's own, whose folder its locations are relative to.
 * @throws CheckpointError for links that leave the checkpoint, InvalidModelError for data that is not there
 *   or too short
 */
export const placeExternalData = async (
  model: Model,
  folder: Folder,
  file: string,
): Promise<() => Promise<ExternalFiles>> => {
  const { initializers } = model.graph;
  const base = file.slice(0, file.lastIndexOf('/') + 1);
  const sizes = new Map<string, number>();
  for (const [name, { external }] of initializers) {
    if (external === undefined) continue;
    const { location, offset, length } = external;
    const size = sizes.get(location) ?? (await sizeOf(folder, base + location, name));
    sizes.set(location, size);
    if (offset + length <= size) continue;
    throw new InvalidModelError(
      `Initializer '${name}': expected ${location} to have at least ${offset + length} bytes, got ${size}.`,
      { value: location, hint: 'The file may be truncated: fetch it again.' },
    );
  }
  const named = [...sizes.keys()];
  const { locations, external: files } = await folder.locate(named.map((location) => base + location));
  const places = new Map(named.map((location, i) => [location, locations[i]!]));
  for (const [name, initializer] of initializers) {
    const { external } = initializer;
    if (external === undefined) continue;
    const location = places.get(external.location)!;
    initializers.set(name, { ...initializer, external: { ...external, location } });
  }
  return files;
};

const sizeOf = async (folder: Folder, file: string, initializer: string): Promise<number> => {
  const opened = await folder.open(file);
  await opened?.close();
  if (opened !== undefined) return opened.size;
  throw new InvalidModelError(
    `Initializer '${initializer}': external data ${file} is not there in ${folder.name}.`,
    { value: file, hint: 'Put the file beside the model.' },
  );
};
