import type { Value } from '@entrgi/onnx';
import { broadcasting, type InputGradient, type RuleRequest } from '../../rule/rule.js';
import { constantOf, delayed } from '../../rule/shapes.js';

export const Identity = ({ dy: [dy] }: RuleRequest): InputGradient[] => [dy];

/** d(−x) = −dx */
export const Neg = ({ g, dy: [dy] }: RuleRequest): InputGradient[] => [g.Neg(dy)];

export const Add = broadcasting(({ dy: [dy] }) => [dy, dy]);

export const Sub = broadcasting(({ g, dy: [dy] }) => [dy, () => g.Neg(dy)]);

/** ∂a = dy · b, ∂b = dy · a; of y = a · σ(a) in one, in fewer passes: ∂a = dy · σ · (1 + a − y) */
export const Mul = broadcasting((request) => {
  const { g, producerOf } = request;
  const [a, b] = request.x;
  const [y] = request.y;
  const [dy] = request.dy;
  const isSigmoidOf = (value: Value, of: Value) => {
    const producer = producerOf(value);
    return producer?.opType === 'Sigmoid' && producer.inputs[0] === of;
  };
  const gated = (x: Value, sigmoid: Value) => () => {
    const slope = g.Add(g.Sub(delayed(request, x, dy), y), g.scalarLike(1, y));
    return g.Mul(g.Mul(dy, sigmoid), slope);
  };
  if (isSigmoidOf(b, a)) return [gated(a, b), null];
  if (isSigmoidOf(a, b)) return [null, gated(b, a)];
  return [() => g.Mul(dy, b), () => g.Mul(dy, a)];
});

/** y = a / b: ∂a = dy / b, ∂b = −dy · y / b */
export const Div = broadcasting(({ g, x: [, b], y: [y], dy: [dy], needs }) => {
  const da = g.Div(dy, b);
  return [da, needs(1) ? g.Neg(g.Mul(da, y)) : null];
});

/**
 * y = xᵖ: ∂x = dy · p · xᵖ⁻¹, ∂p = dy · y · ln x, both 0 at x = 0 where the limit is. The types of x and p
 * may differ.
 */
export const Pow = broadcasting((request) => {
  const { g, needs } = request;
  const [x, power] = request.x;
  const [y] = request.y;
  const [dy] = request.dy;
  const { type } = g.typeOf(x);
  const constants = constantOf(request, power);
  const p = () => (g.typeOf(power).type === type ? power : g.Cast(power, type));
  const dx = () => {
    if (constants?.length === 1) {
      const [exponent] = constants as [number];
      const scaled = g.Mul(dy, g.scalar(exponent, type));
      if (exponent === 0 || exponent === 1) return scaled;
      return g.Mul(scaled, exponent === 2 ? x : g.Pow(x, g.scalar(exponent - 1, type)));
    }
    const zero = g.scalar(0, type);
    const slope = g.Mul(p(), g.Pow(x, g.Sub(p(), g.scalar(1, type))));
    return g.Mul(dy, g.Where(g.Equal(p(), zero), zero, slope));
  };
  const dp = () => {
    const logarithm = g.Log(g.Where(g.Equal(x, g.scalar(0, type)), g.scalar(1, type), x));
    const gradient = g.Mul(g.Mul(dy, y), logarithm);
    return g.typeOf(power).type === type ? gradient : g.Cast(gradient, g.typeOf(power).type);
  };
  return [dx, needs(1) ? dp() : null];
});

/** y = √x: dy / 2y */
export const Sqrt = ({ g, y: [y], dy: [dy] }: RuleRequest) => [g.Div(g.Mul(dy, g.scalarLike(0.5, y)), y)];

/** y = 1/x: −dy · y² */
export const Reciprocal = ({ g, y: [y], dy: [dy] }: RuleRequest) => [g.Neg(g.Mul(g.Mul(dy, y), y))];

export const Exp = ({ g, y: [y], dy: [dy] }: RuleRequest) => [g.Mul(dy, y)];

export const Log = ({ g, x: [x], dy: [dy] }: RuleRequest) => [g.Div(dy, x)];

/** y = a − n·b with a whole number n: ∂a = dy, ∂b = −n · dy. Of integers there is no gradient. */
export const Mod = broadcasting(({ g, x: [a, b], y: [y], dy: [dy] }) => [
  dy,
  () => g.Mul(dy, g.Div(g.Sub(y, a), b)),
]);

/** sign(x) · dy, 0 at 0 */
export const Abs = ({ g, x: [x], dy: [dy] }: RuleRequest) => {
  const zero = g.scalarLike(0, x);
  return [g.Where(g.Greater(x, zero), dy, g.Where(g.Less(x, zero), g.Neg(dy), zero))];
};

/** y = a + b + …: dy for each */
export const Sum = broadcasting(({ x, dy: [dy] }) => x.map((input) => (input === '' ? null : dy)));

/** The gradient belongs to the inputs that equal the result, in equal parts. */
const extremum = broadcasting(({ g, x, y: [y], dy: [dy] }) => {
  const inputs = x.filter((input) => input !== '');
  if (inputs.length === 1) return [dy];
  const { type } = g.typeOf(y);
  const winners = inputs.map((input) => g.Cast(g.Equal(input, y), type));
  const share = g.Div(dy, winners.reduce(g.Add));
  return winners.map((winner) => () => g.Mul(share, winner));
});

export const Max = extremum;
export const Min = extremum;

/** dy inside the bounds and on them; outside, it belongs to the bound. Bounds are scalars or absent. */
export const Clip = broadcasting(
  ({ g, x: [x, low, high], dy: [dy] }) => {
    const zero = g.scalarLike(0, x);
    const total = (gradient: string) => g.ReduceSum(gradient, null, 0);
    const under = low === '' ? '' : g.Less(x, low);
    const over = high === '' ? '' : g.Greater(x, high);
    const outside = under === '' ? over : over === '' ? under : g.Or(under, over);
    return [
      outside === '' ? dy : () => g.Where(outside, zero, dy),
      low === '' ? null : () => total(g.Where(under, dy, zero)),
      high === '' ? null : () => total(g.Where(over, dy, zero)),
    ];
  },
  { inputs: [] },
);

export const Where = broadcasting(({ g, x: [condition], dy: [dy] }) => {
  const zero = g.scalarLike(0, dy);
  return [null, () => g.Where(condition, dy, zero), () => g.Where(condition, zero, dy)];
});

/** Between float types the gradient is cast back; a cast to or from integers ends it. */
export const Cast = ({ g, x: [x], dy: [dy] }: RuleRequest) => [g.Cast(dy, g.typeOf(x).type)];
