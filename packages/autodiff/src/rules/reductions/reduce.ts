import type { Value } from '@entrgi/onnx';
import { int } from '@entrgi/onnx/internal';
import type { RuleRequest } from '../../rule/rule.js';
import { constantOf, countAlong, expandTo, rankOf } from '../../rule/shapes.js';
import { inSinglePrecision } from '../../rule/single-precision.js';

/**
 * The axes a reduction sums over: constant ones as numbers, all axes as null, else the value that holds them,
 * which may turn out to be empty.
 */
function axesOf(request: RuleRequest): readonly number[] | Value | null {
  const { attrs } = request;
  const [, axes] = request.x;
  const given = axes === '' ? (attrs.ints('axes') ?? []) : (constantOf(request, axes) ?? axes);
  if (given.length > 0) return given;
  return attrs.int('noop_with_empty_axes', 0) === 1 ? [] : null;
}

/**
 * A value in the reduced shape, with the reduced axes put back as axes of size 1 so that it broadcasts
 * against x.
 */
function kept(request: RuleRequest, value: Value): Value {
  const { g, attrs } = request;
  const [x] = request.x;
  const axes = axesOf(request);
  if (attrs.int('keepdims', 1) === 1 || axes === null || axes.length === 0) return value;
  if (typeof axes === 'string') return g.Unsqueeze(value, axes);
  const rank = rankOf(request, x);
  return g.Unsqueeze(
    value,
    axes.map((axis) => (axis < 0 ? axis + rank : axis)),
  );
}

/** `value`, of the shape of x, reduced over the same axes, which stay as axes of size 1. */
function reduced(request: RuleRequest, opType: 'ReduceSum' | 'ReduceProd', value: Value): Value {
  const { g } = request;
  const axes = axesOf(request);
  const noop = request.attrs.int('noop_with_empty_axes', 0) === 1;
  const inputs = axes === null ? [value] : [value, typeof axes === 'string' ? axes : g.int64s(axes)];
  const attributes = { keepdims: int(1), ...(noop && { noop_with_empty_axes: int(1) }) };
  return g.node(opType, inputs, attributes)[0]!;
}

/** `value`, of a shape that broadcasts to that of x, in the shape of x. */
const spread = (request: RuleRequest, value: Value): Value => expandTo(request, value, request.x[0]);

/** dy at every summand */
export const ReduceSum = (request: RuleRequest) => [spread(request, kept(request, request.dy[0]))];

/**
 * dy / count at every element, where axes that are not known before the graph runs leave count = elements of
 * x / elements of y
 */
export const ReduceMean = (request: RuleRequest) => {
  const { g } = request;
  const [x] = request.x;
  const [y] = request.y;
  const [dy] = request.dy;
  const { wide, widen, back } = inSinglePrecision(request, x);
  const axes = axesOf(request);
  const all = (value: Value) => countAlong(request, value, null, wide).value;
  const count = typeof axes === 'string' ? g.Div(all(x), all(y)) : countAlong(request, x, axes, wide).value;
  return [spread(request, back(g.Div(widen(kept(request, dy)), count)))];
};

/** The gradient belongs to the elements that equal the extremum, in equal parts. */
const extremum = (request: RuleRequest) => {
  const { g } = request;
  const [x] = request.x;
  const [y] = request.y;
  const [dy] = request.dy;
  const { wide, widen, back } = inSinglePrecision(request, x);
  const wins = g.Equal(x, kept(request, y));
  const winners = reduced(request, 'ReduceSum', g.Cast(wins, wide));
  return [g.Where(wins, back(g.Div(widen(kept(request, dy)), winners)), g.scalarLike(0, x))];
};

export const ReduceMax = extremum;
export const ReduceMin = extremum;

/**
 * dy · product of the other elements: Π/x, with a zero counted as 1 in Π; one zero leaves a slope at itself
 * only, two leave none.
 */
export const ReduceProd = (request: RuleRequest) => {
  const { g } = request;
  const [x] = request.x;
  const [dy] = request.dy;
  const [zero, one] = [g.scalarLike(0, x), g.scalarLike(1, x)];
  const isZero = g.Equal(x, zero);
  const nonZero = g.Where(isZero, one, x);
  const zeros = g.Cast(isZero, g.typeOf(x).type);
  const others = g.Sub(reduced(request, 'ReduceSum', zeros), zeros);
  const product = reduced(request, 'ReduceProd', nonZero);
  const slope = g.Where(g.Greater(others, zero), zero, g.Div(product, nonZero));
  return [g.Mul(kept(request, dy), slope)];
};

/** y = √Σx²: dy · x / y, 0 at 0 */
export const ReduceL2 = (request: RuleRequest) => {
  const { g } = request;
  const [x] = request.x;
  const [y] = request.y;
  const [dy] = request.dy;
  const zero = g.scalarLike(0, x);
  const scaled = g.Where(g.Equal(y, zero), zero, g.Div(dy, g.Where(g.Equal(y, zero), g.scalarLike(1, x), y)));
  return [g.Mul(kept(request, scaled), x)];
};

/** y = Σ|x|: dy · sign(x) */
export const ReduceL1 = (request: RuleRequest) => {
  const { g } = request;
  const [x] = request.x;
  const [dy] = request.dy;
  const [zero, one, minusOne] = [0, 1, -1].map((value) => g.scalarLike(value, x)) as [Value, Value, Value];
  const sign = g.Where(g.Greater(x, zero), one, g.Where(g.Less(x, zero), minusOne, zero));
  return [g.Mul(kept(request, dy), sign)];
};

/** y = Σx²: dy · 2x */
export const ReduceSumSquare = (request: RuleRequest) => {
  const { g } = request;
  const [x] = request.x;
  const [dy] = request.dy;
  return [g.Mul(g.Mul(kept(request, dy), g.scalarLike(2, x)), x)];
};

/** y = ln Σeˣ: dy · eˣ⁻ʸ */
export const ReduceLogSumExp = (request: RuleRequest) => {
  const { g } = request;
  const [x] = request.x;
  const [y] = request.y;
  const [dy] = request.dy;
  return [g.Mul(kept(request, dy), g.Exp(g.Sub(x, kept(request, y))))];
};

/** y = ln Σx: dy / Σx at every summand */
export const ReduceLogSum = (request: RuleRequest) => {
  const { g } = request;
  const share = g.Div(request.dy[0], g.Exp(request.y[0]));
  return [spread(request, kept(request, share))];
};
