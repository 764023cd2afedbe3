import { realpath, stat } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { InvalidModelError } from '@entrgi/core';
import { checkExternalLocation } from '../model/external-location.js';
import type { Model } from '../model/model.js';

/**
 * Checks that every file of external data exists, lies in the folder after symbolic links are followed, and
 * is long enough.
 * @throws InvalidModelError otherwise
 */
export async function checkExternalFiles(model: Model, folder: string): Promise<void> {
  const sizes = new Map<string, number>();
  for (const [name, { external }] of model.graph.initializers) {
    if (external === undefined) continue;
    const { location, offset, length } = external;
    const what = `Initializer '${name}'`;
    checkExternalLocation(location, what);
    let size = sizes.get(location);
    if (size === undefined) {
      size = await sizeInside(folder, location, what);
      sizes.set(location, size);
    }
    if (offset + length > size) {
      throw new InvalidModelError(
        `${what}: expected ${location} to have at least ${offset + length} bytes, got ${size}.`,
        { value: location, hint: 'The file may be truncated: fetch it again.' },
      );
    }
  }
}

async function sizeInside(folder: string, location: string, what: string): Promise<number> {
  try {
    const [root, path] = await Promise.all([realpath(folder), realpath(resolve(folder, location))]);
    const inside = relative(root, path);
    if (inside === '' || inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside)) {
      throw new InvalidModelError(`${what}: ${location} is a link that leaves the folder ${folder}.`, {
        value: location,
        hint: 'Copy the file into the folder of the model.',
      });
    }
    const facts = await stat(path);
    if (facts.isFile()) return facts.size;
    throw new InvalidModelError(`${what}: expected ${location} to be a file.`, { value: location });
  } catch (cause) {
    if (InvalidModelError.isInstance(cause)) throw cause;
    throw new InvalidModelError(`${what}: external data ${location} cannot be read in ${folder}.`, {
      value: location,
      cause,
      hint: 'Put the file beside the model.',
    });
  }
}
