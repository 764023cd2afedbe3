import type { Tensor } from '@entrgi/core';

/** Whole numbers as a graph reads them. */
export const integers = (dims: readonly number[], values: Iterable<number>): Tensor<'int64'> => ({
  type: 'int64',
  dims,
  data: BigInt64Array.from(values, BigInt),
});
