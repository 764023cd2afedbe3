import type { GraphBuilder, Value } from '@entrgi/onnx';
import { positions } from '../attention/rotary.js';

/** Position of the last token that counts and is not padding, [batch]; 0 where none is. */
export const lastToken = (
  g: GraphBuilder,
  { ids, attention, length, paddingId }: { ids: Value; attention: Value; length: Value; paddingId: unknown },
): Value => {
  const counts =
    typeof paddingId === 'number' && Number.isSafeInteger(paddingId)
      ? g.Where(g.Equal(ids, g.scalar(paddingId, 'int64')), g.scalar(0, 'int64'), attention)
      : attention;
  return g.ReduceMax(g.Mul(positions(g, length), counts), [1], 0);
};
