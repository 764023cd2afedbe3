import type { GraphBuilder, Value } from '@entrgi/onnx';
import { positions } from './rotary.js';

/** The lowest float32: added to a score, it leaves a probability of exactly 0 unless no token may be seen. */
const lowest = -3.4028234663852886e38;

/** What to add to attention scores so that no token sees a key where `present` (int64 [batch, length]) is 0: [batch, 1, 1, length]. */
export const paddingMask = (g: GraphBuilder, present: Value): Value =>
  additive(g, g.Unsqueeze(g.Cast(present, 'bool'), [1, 2]));

/** The same, and no token sees a later one: [batch, 1, length, length]. */
export const causalMask = (g: GraphBuilder, present: Value, length: Value): Value => {
  const order = positions(g, length);
  const earlier = g.LessOrEqual(g.Unsqueeze(order, [0]), g.Unsqueeze(order, [1]));
  return additive(g, g.And(earlier, g.Unsqueeze(g.Cast(present, 'bool'), [1, 2])));
};

/** No token sees one further away than `reach`, nor a key where `present` is 0: [batch or 1, 1, length, length]. */
export const localMask = (g: GraphBuilder, length: Value, reach: number, present?: Value): Value => {
  const order = positions(g, length);
  const distance = g.Abs(g.Sub(g.Unsqueeze(order, [0]), g.Unsqueeze(order, [1])));
  const near = g.LessOrEqual(distance, g.scalar(reach, 'int64'));
  return additive(
    g,
    present === undefined
      ? g.Unsqueeze(near, [0, 1])
      : g.And(near, g.Unsqueeze(g.Cast(present, 'bool'), [1, 2])),
  );
};

const additive = (g: GraphBuilder, visible: Value): Value =>
  g.Where(visible, g.scalar(0, 'float32'), g.scalar(lowest, 'float32'));
