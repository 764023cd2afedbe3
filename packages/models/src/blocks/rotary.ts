import { type GraphBuilder, int, type Value } from '@entrgi/onnx';

/** Turns queries or keys [batch, heads, length, headWidth] by their positions 0, 1, 2, …. */
export type Rotary = (x: Value) => Value;

/**
 * Rotary position embedding in the halves layout: for angle α = position · θ^(−2i/headWidth),
 * (x_i, x_{i + headWidth/2}) ← (x_i cos α − x_{i + headWidth/2} sin α, x_{i + headWidth/2} cos α + x_i sin α).
 * The tables are computed in the graph, once for all layers. `length` is a 1-D value with one element; `rescale` changes each frequency.
 */
export const rotary = (
  g: GraphBuilder,
  length: Value,
  headWidth: number,
  theta: number,
  rescale: (frequency: number) => number = (frequency) => frequency,
): Rotary => {
  const half = headWidth / 2;
  const frequencies = Float32Array.from({ length: half }, (_, i) =>
    rescale(1 / theta ** ((2 * i) / headWidth)),
  );
  const angles = g.Mul(
    g.Unsqueeze(g.Cast(positions(g, length), 'float32'), [1]),
    g.constant({ type: 'float32', dims: [1, half], data: frequencies }),
  );
  const cosines = g.Cos(angles);
  const sines = g.Sin(angles);
  const first = g.int64s([0]);
  const attributes = { interleaved: int(0) };
  const options = { domain: 'com.microsoft' };
  return (x) => g.node('RotaryEmbedding', [x, first, cosines, sines], attributes, options)[0]!;
};

/** 0, 1, 2, … as int64 [length]. */
export const positions = (g: GraphBuilder, length: Value): Value =>
  g.Range(g.scalar(0, 'int64'), g.Squeeze(length, [0]), g.scalar(1, 'int64'));
