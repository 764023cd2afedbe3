import type { Value } from '../model/model.js';
import type { GraphBuilder } from './graph-builder.js';

/** The integers from `start` (default: 0) up to and without `end`, as int64; both are int64 scalars. */
export const countUp = (g: GraphBuilder, end: Value, start?: Value): Value =>
  g.Range(start ?? g.scalar(0, 'int64'), end, g.scalar(1, 'int64'));
