import { checkExternalLocation } from '../model/external-location.js';
import { parseModel } from './parse-model.js';

/**
 * The files that a serialized model keeps tensors in, relative to its folder, each once. Of the model nothing
 * else is checked, and nothing copied.
 * @throws InvalidModelError for bytes that are no model, and for a location that leads out of the folder
 */
export function externalLocations(bytes: Uint8Array): string[] {
  const locations = new Set<string>();
  for (const { name, externalData } of parseModel(bytes).graph?.initializer ?? []) {
    for (const { key, value } of externalData) {
      if (key !== 'location') continue;
      checkExternalLocation(value, `Initializer '${name}'`);
      locations.add(value);
    }
  }
  return [...locations];
}
