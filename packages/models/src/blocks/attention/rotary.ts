import type { GraphBuilder, Value } from '@entrgi/onnx';
import { countUp, int } from '@entrgi/onnx/internal';
import type { Rope } from './rope.js';

/**
 * Turns queries or keys [batch, heads, length, headWidth] by their positions start, start + 1, …, and
 * multiplies them by `factor` (default: 1).
 */
export type Rotary = (x: Value, factor?: number) => Value;

export interface RotaryOptions {
  /**
   * Position of the first token, 1-D with one element.
   * @default 0
   */
  readonly start?: Value | undefined;
  /**
   * Tokens of the whole sequence, these among them, 1-D with one element.
   * @default `length`
   */
  readonly tokens?: Value | undefined;
  /** Numbers of a head, where only the first of them are turned. */
  readonly headWidth?: number | undefined;
}

/**
 * Rotary position embedding in the halves layout: for angle α = position · frequency_i, (x_i, x_{i +
 * headWidth/2}) ← amplitude · (x_i cos α − x_{i + headWidth/2} sin α, x_{i + headWidth/2} cos α + x_i sin α).
 * The tables are computed in the graph, once for all layers, and once more for a factor, which so costs no
 * pass over the queries. `length` is a 1-D value with one element.
 */
export const rotary = (
  g: GraphBuilder,
  length: Value,
  rope: Rope,
  { start, tokens = length, headWidth }: RotaryOptions = {},
): Rotary => {
  const angles = g.Mul(
    g.Unsqueeze(g.Cast(positions(g, length, start), 'float32'), [1]),
    frequenciesFor(g, rope, tokens),
  );
  const plain = [g.Cos(angles), g.Sin(angles)];
  const tables = new Map([[1, plain]]);
  const first = g.int64s([0]);
  const attributes = { interleaved: int(0) };
  const turned = 2 * rope.frequencies.length;
  const options = { domain: 'com.microsoft' };
  return (x, factor = 1) => {
    const by = factor * rope.amplitude;
    const own = tables.get(by) ?? plain.map((table) => g.Mul(table, g.scalar(by, 'float32')));
    tables.set(by, own);
    const turn = (part: Value) => g.node('RotaryEmbedding', [part, first, ...own], attributes, options)[0]!;
    if (headWidth === undefined || headWidth === turned) return turn(x);
    const [head, rest] = g.Split(x, [turned, headWidth - turned], 3, 2);
    const still = by === 1 ? rest! : g.Mul(rest!, g.scalar(factor, 'float32'));
    return g.Concat([turn(head!), still], 3);
  };
};

/** float32 [1, pairs]. */
const frequenciesFor = (g: GraphBuilder, { frequencies, longer, maxLength }: Rope, tokens: Value): Value => {
  const data = Float32Array.from(frequencies);
  const usual = g.constant({ type: 'float32', dims: [1, data.length], data });
  if (longer === undefined || longer.than >= maxLength) return usual;
  const count = g.Cast(tokens, 'float32');
  const limit = g.scalar(longer.than, 'float32');
  return g.Where(g.Greater(count, limit), longer.frequencies(g, g.Max(count, limit)), usual);
};

/** Whether a token's keys and values are the same however many tokens follow. */
export const knowsNoLength = ({ longer, maxLength }: Rope): boolean =>
  longer === undefined || longer.than >= maxLength;

/** start, start + 1, … as int64 [length]; start is 0 by default. */
export const positions = (g: GraphBuilder, length: Value, start?: Value): Value => {
  if (start === undefined) return countUp(g, g.Squeeze(length, [0]));
  return countUp(g, g.Squeeze(g.Add(start, length), [0]), g.Squeeze(start, [0]));
};
