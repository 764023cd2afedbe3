import type { Tensor } from '@entrgi/core';

/** Whole numbers, one array after the other, as an int64 tensor. */
export const int64Tensor = (
  dims: readonly number[],
  parts: readonly (Int32Array | Uint8Array)[],
): Tensor<'int64'> => {
  const data = new BigInt64Array(parts.reduce((total, { length }) => total + length, 0));
  let at = 0;
  for (const part of parts) for (const value of part) data[at++] = BigInt(value);
  return { type: 'int64', dims, data };
};
