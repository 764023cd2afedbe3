import { InvalidModelError } from '@entrgi/core';

/**
 * Number of elements of a shape; throws InvalidModelError for sizes that are negative, fractional or overflow
 * 2⁵³ together.
 */
export function countElements(dims: readonly number[], what: string): number {
  let count = 1;
  // Zeros are left out of the product, so that [0, 2⁵², 2⁵²] is refused as well.
  let bound = 1;
  for (const size of dims) {
    if (!Number.isSafeInteger(size) || size < 0) {
      throw new InvalidModelError(`${what}: expected sizes of at least 0, got [${dims}].`, { value: dims });
    }
    count *= size;
    bound *= Math.max(size, 1);
  }
  if (!Number.isSafeInteger(bound * 8)) {
    throw new InvalidModelError(`${what}: a tensor of shape [${dims}] overflows.`, { value: dims });
  }
  return count;
}
