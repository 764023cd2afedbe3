import { type GraphBuilder, int, type Value } from '@entrgi/onnx';
import type { Rope } from './rope-scaling.js';

/** Turns queries or keys [batch, heads, length, headWidth] by their positions start, start + 1, …, and multiplies them by `factor` (default: 1). */
export type Rotary = (x: Value, factor?: number) => Value;

/**
 * Rotary position embedding in the halves layout: for angle α = position · θ^(−2i/headWidth),
 * (x_i, x_{i + headWidth/2}) ← (x_i cos α − x_{i + headWidth/2} sin α, x_{i + headWidth/2} cos α + x_i sin α).
 * The tables are computed in the graph, once for all layers, and once more for a factor, which so costs no pass over the queries. `length` and `start` (default: 0) are 1-D values with one element; `rescale`
 * changes each frequency.
 */
export const rotary = (
  g: GraphBuilder,
  length: Value,
  headWidth: number,
  theta: number,
  {
    start,
    rescale = (frequency) => frequency,
  }: { start?: Value | undefined; rescale?: Rope['rescale'] } = {},
): Rotary => {
  const half = headWidth / 2;
  const frequencies = Float32Array.from({ length: half }, (_, i) =>
    rescale(1 / theta ** ((2 * i) / headWidth)),
  );
  const angles = g.Mul(
    g.Unsqueeze(g.Cast(positions(g, length, start), 'float32'), [1]),
    g.constant({ type: 'float32', dims: [1, half], data: frequencies }),
  );
  const plain = [g.Cos(angles), g.Sin(angles)];
  const tables = new Map([[1, plain]]);
  const first = g.int64s([0]);
  const attributes = { interleaved: int(0) };
  const options = { domain: 'com.microsoft' };
  return (x, factor = 1) => {
    const own = tables.get(factor) ?? plain.map((table) => g.Mul(table, g.scalar(factor, 'float32')));
    tables.set(factor, own);
    return g.node('RotaryEmbedding', [x, first, ...own], attributes, options)[0]!;
  };
};

/** start, start + 1, … as int64 [length]; start is 0 by default. */
export const positions = (g: GraphBuilder, length: Value, start?: Value): Value => {
  const one = g.scalar(1, 'int64');
  if (start === undefined) return g.Range(g.scalar(0, 'int64'), g.Squeeze(length, [0]), one);
  return g.Range(g.Squeeze(start, [0]), g.Squeeze(g.Add(start, length), [0]), one);
};
