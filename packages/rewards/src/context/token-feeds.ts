import type { Tensor } from '@entrgi/core';
import { int64Tensor } from '@entrgi/onnx/internal';

/**
 * A denoiser's tokens as the graphs read them; `map` gives the table row of each, −1 for those to be embedded
 * as zero.
 */
export const tokenFeeds = (
  dims: readonly number[],
  tokenIds: Int32Array,
  map: Int32Array,
): { ids: Tensor<'int64'> } => ({
  ids: int64Tensor(
    dims,
    tokenIds.map((id) => map[id]!),
  ),
});
