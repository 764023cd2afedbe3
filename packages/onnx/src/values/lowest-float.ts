import type { DataType } from '@entrgi/core';

/**
 * The lowest finite number of a float type (of float64, that of float32): added to an attention score, it
 * leaves a probability of 0.
 */
export const lowestFloat = (type: DataType): number =>
  type === 'float16' ? -65504 : type === 'bfloat16' ? -3.3895313892515355e38 : -3.4028234663852886e38;
