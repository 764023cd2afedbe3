import type { Value } from '../model/model.js';
import type { GraphBuilder } from './graph-builder.js';

/**
 * Where a query may see a key: the key does not come after it, nor, with a `window` above 0, that many
 * positions or more before it. Positions are int64: of queries [.., queries, 1], of keys [.., keys]; the
 * result is bool [.., queries, keys].
 */
export const causalMask = (g: GraphBuilder, queries: Value, keys: Value, window = 0): Value => {
  const notAfter = g.LessOrEqual(keys, queries);
  return window > 0 ? g.And(notAfter, g.Greater(keys, g.Sub(queries, g.int64s([window])))) : notAfter;
};
