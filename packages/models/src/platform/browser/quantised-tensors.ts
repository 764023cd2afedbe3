import { UnsupportedError } from '@entrgi/core';
import type { quantisedTensors as onDisk } from '../../weights/quantised-tensors.js';

/** Packed weights are written to a file beside the others once, which a browser has no place for. Throws UnsupportedError. */
export const quantisedTensors: typeof onDisk = async ({ name }, _names, { quantisation }) => {
  const dtype = `q${quantisation.bits}`;
  throw new UnsupportedError(`${name}: dtype '${dtype}' cannot be made in a browser.`, {
    value: dtype,
    cure: "Choose 'auto', which keeps half precision as it is stored.",
  });
};
