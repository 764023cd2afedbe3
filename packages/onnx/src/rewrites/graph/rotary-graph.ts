import type { GraphBuilder } from '../../build/graph-builder.js';
import type { Value } from '../../model/model.js';

export interface RotaryParts {
  /** [B, heads, S, H], or [B, S, heads, H] with `headAxis` 2. */
  readonly x: Value;
  /** [B, S, r / 2] */
  readonly cosine: Value;
  readonly sine: Value;
  readonly headAxis: 1 | 2;
  /** Whether pairs are neighbors (true) or halves of the rotated part (false). */
  readonly interleaved: boolean;
  /** r: how many leading elements are rotated; 0: all. */
  readonly size: number;
}

/** (a, b) → (a cos − b sin, a sin + b cos) for every pair of the rotated part; the rest is handed on. */
export function rotate(
  g: GraphBuilder,
  { x, cosine, sine, headAxis, interleaved, size }: RotaryParts,
): Value {
  const [cos, sin] = [g.Unsqueeze(cosine, [headAxis]), g.Unsqueeze(sine, [headAxis])];
  const part = size > 0 ? g.Slice(x, [0], [size], [3]) : x;
  const turned = interleaved ? rotatePairs(g, part, cos, sin) : rotateHalves(g, part, cos, sin);
  return size > 0 ? g.Concat([turned, g.Slice(x, [size], [2 ** 31 - 1], [3])], 3) : turned;
}

function rotateHalves(g: GraphBuilder, x: Value, cos: Value, sin: Value): Value {
  const [a, b] = halves(g, x, 3);
  return g.Concat(turn(g, a, b, cos, sin), 3);
}

function rotatePairs(g: GraphBuilder, x: Value, cos: Value, sin: Value): Value {
  // The number of pairs is written out where it is known: a reshape has one −1, and batch and sequence are kept.
  const [a, b] = halves(
    g,
    g.Reshape(x, g.Concat([g.Shape(x, { start: 0, end: 3 }), g.int64s([-1, 2])], 0)),
    4,
  );
  const squeeze = (value: Value) => g.Squeeze(value, [4]);
  const turned = turn(g, squeeze(a), squeeze(b), cos, sin).map((value) => g.Unsqueeze(value, [4]));
  return g.Reshape(g.Concat(turned, 4), g.Shape(x));
}

function halves(g: GraphBuilder, x: Value, axis: number): readonly [Value, Value] {
  const size = g.typeOf(x).dims?.[axis];
  if (typeof size === 'number') return g.Split(x, [size / 2, size / 2], axis, 2) as [Value, Value];
  const half = g.Div(g.Shape(x, { start: axis, end: axis + 1 }), g.int64s([2]));
  return g.Split(x, g.Concat([half, half], 0), axis, 2) as [Value, Value];
}

const turn = (g: GraphBuilder, a: Value, b: Value, cos: Value, sin: Value): readonly [Value, Value] => [
  g.Sub(g.Mul(a, cos), g.Mul(b, sin)),
  g.Add(g.Mul(a, sin), g.Mul(b, cos)),
];
