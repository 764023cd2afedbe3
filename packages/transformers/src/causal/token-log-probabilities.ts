import { logSumExp } from '@entrgi/core';
import type { LibraryModel } from '../library/contract.js';
import { importLibrary } from '../library/import-library.js';

/**
 * log p of each token from the `from`-th on (at least 1), given all before it, by an autoregressive model.
 */
export const tokenLogProbabilities = async (
  model: LibraryModel,
  tokenIds: readonly number[],
  from: number,
): Promise<Float64Array> => {
  const { Tensor } = await importLibrary();
  const dims = [1, tokenIds.length];
  const { logits } = await model({
    input_ids: new Tensor('int64', BigInt64Array.from(tokenIds, BigInt), dims),
    attention_mask: new Tensor('int64', new BigInt64Array(tokenIds.length).fill(1n), dims),
  });
  const size = logits!.dims[2]!;
  const all = logits!.to('float32').data;
  return Float64Array.from(tokenIds.slice(from), (id, i) => {
    const row = all.subarray((from + i - 1) * size, (from + i) * size);
    return row[id]! - logSumExp(row, size)[0]!;
  });
};
