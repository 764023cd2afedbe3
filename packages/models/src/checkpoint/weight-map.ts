import { CheckpointError } from '@entrgi/core';

/**
 * Tensor name → file name, from model.safetensors.index.json. A file name is one name in the same folder, so
 * that it cannot lead elsewhere.
 */
export const readWeightMap = (
  index: Readonly<Record<string, unknown>>,
  name: string,
): Map<string, string> => {
  const { weight_map: map } = index;
  if (typeof map !== 'object' || map === null || Array.isArray(map) || Object.keys(map).length === 0) {
    throw new CheckpointError(`${name}: expected weight_map to map tensors to files.`, { value: map });
  }
  const entries = Object.entries(map as Record<string, unknown>).map(([tensor, file]): [string, string] => {
    if (typeof file === 'string' && /^[\w-][\w.-]*\.safetensors$/.test(file)) return [tensor, file];
    throw new CheckpointError(
      `${name}: tensor ${tensor}: expected the name of a .safetensors file in the same folder, got ${JSON.stringify(file)}.`,
      { value: file },
    );
  });
  return new Map(entries);
};
