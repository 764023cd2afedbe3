import type { Tensor } from '@entrgi/core';

/** Whole numbers as an int64 tensor of the shape `dims`. */
export const int64Tensor = (dims: readonly number[], values: ArrayLike<number>): Tensor<'int64'> => {
  const data = new BigInt64Array(values.length);
  // Not by from(): through an iterator it takes several times as long.
  for (let i = 0; i < data.length; i++) data[i] = BigInt(values[i]!);
  return { type: 'int64', dims, data };
};
