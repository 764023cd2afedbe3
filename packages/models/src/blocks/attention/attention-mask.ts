import type { GraphBuilder, Value } from '@entrgi/onnx';
import { causalMask, lowestFloat } from '@entrgi/onnx/internal';
import type { Blocks } from '../../contracts/network.js';
import { positions } from './rotary.js';

/**
 * What to add to attention scores so that no token sees a key where `present` (int64 [batch, length]) is 0:
 * [batch, 1, 1, length].
 */
export const paddingMask = (g: GraphBuilder, present: Value, length: Value): Value =>
  additive(g, asKeys(g, present, length));

/**
 * What to add to attention scores so that no token sees a later one, nor a key where `present` (int64 [batch,
 * length]) is 0, nor with `width` any but the last so many, itself included: [batch, 1, length, length].
 */
export const causalPaddingMask = (g: GraphBuilder, present: Value, length: Value, width?: number): Value => {
  const order = positions(g, length);
  const seen = causalMask(g, g.Unsqueeze(order, [1]), g.Unsqueeze(order, [0]), width);
  return additive(g, g.And(seen, asKeys(g, present, length)));
};

/**
 * No token sees one of a later block: [1, 1, length, length]. `start`: position of the first, 1-D with one
 * element.
 * @default 0
 */
export const blockMask = (
  g: GraphBuilder,
  length: Value,
  { length: blockLength, offset }: Blocks,
  start?: Value,
): Value => {
  const blocks = g.Div(g.Add(positions(g, length, start), offset), g.scalar(blockLength, 'int64'));
  const seen = g.LessOrEqual(g.Unsqueeze(blocks, [0]), g.Unsqueeze(blocks, [1]));
  return additive(g, g.Unsqueeze(seen, [0, 1]));
};

/**
 * No token sees one further away than `reach`, nor a key where `present` is 0: [batch or 1, 1, length,
 * length].
 */
export const localMask = (g: GraphBuilder, length: Value, reach: number, present?: Value): Value => {
  const order = positions(g, length);
  const distance = g.Abs(g.Sub(g.Unsqueeze(order, [0]), g.Unsqueeze(order, [1])));
  const near = g.LessOrEqual(distance, g.scalar(reach, 'int64'));
  return additive(
    g,
    present === undefined ? g.Unsqueeze(near, [0, 1]) : g.And(near, asKeys(g, present, length)),
  );
};

/**
 * By the length that the scores have, so that it is known while the graph is built: a gradient then need not
 * look for what was broadcast.
 */
const asKeys = (g: GraphBuilder, present: Value, length: Value): Value =>
  g.Reshape(
    g.Cast(present, 'bool'),
    g.Concat([g.Shape(present, { start: 0, end: 1 }), g.int64s([1, 1]), length], 0),
  );

const additive = (g: GraphBuilder, visible: Value): Value =>
  g.Where(visible, g.scalar(0, 'float32'), g.scalar(lowestFloat('float32'), 'float32'));
