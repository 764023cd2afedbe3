import { UnsupportedError } from '@entrgi/core';
import type { quantizedTensors as onDisk } from '../../weights/quantized-tensors.js';

/**
 * Packed weights are written to a file beside the others once, which a browser has no place for.
 * @throws UnsupportedError
 */
export const quantizedTensors: typeof onDisk = async ({ name }, _names, { quantization }) => {
  const dtype = `q${quantization.bits}`;
  throw new UnsupportedError(`${name}: dtype '${dtype}' cannot be made in a browser.`, {
    value: dtype,
    hint: "Choose 'auto', which keeps half precision as it is stored.",
  });
};
