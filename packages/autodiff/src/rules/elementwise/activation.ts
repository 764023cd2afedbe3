import type { RuleRequest } from '../../rule/rule.js';
import { delayed } from '../../rule/shapes.js';

/** dy where x > 0 */
export const Relu = ({ g, y: [y], dy: [dy] }: RuleRequest) => {
  const zero = g.scalarLike(0, y);
  return [g.Where(g.Greater(y, zero), dy, zero)];
};

/** dy where x > 0, else α · dy */
export const LeakyRelu = ({ g, x: [x], dy: [dy], attrs }: RuleRequest) => {
  const slope = g.scalarLike(attrs.float('alpha', 0.01), x);
  return [g.Where(g.Greater(x, g.scalarLike(0, x)), dy, g.Mul(dy, slope))];
};

/** y = α(eˣ − 1) below 0: dy · (y + α) there, else dy */
export const Elu = ({ g, x: [x], y: [y], dy: [dy], attrs }: RuleRequest) => {
  const slope = g.Add(y, g.scalarLike(attrs.float('alpha', 1), y));
  return [g.Where(g.Greater(x, g.scalarLike(0, x)), dy, g.Mul(dy, slope))];
};

/** y = α(e^(x/α) − 1) below 0: dy · (y/α + 1) there, else dy */
export const Celu = ({ g, x: [x], y: [y], dy: [dy], attrs }: RuleRequest) => {
  const slope = g.Add(g.Mul(y, g.scalarLike(1 / attrs.float('alpha', 1), y)), g.scalarLike(1, y));
  return [g.Where(g.Greater(x, g.scalarLike(0, x)), dy, g.Mul(dy, slope))];
};

/** y = γx, below 0 γα(eˣ − 1): γ · dy, there dy · (y + γα) */
export const Selu = ({ g, x: [x], y: [y], dy: [dy], attrs }: RuleRequest) => {
  const gamma = attrs.float('gamma', 1.0507009873554805);
  const slope = g.Add(y, g.scalarLike(gamma * attrs.float('alpha', 1.6732632423543772), y));
  return [g.Mul(dy, g.Where(g.Greater(x, g.scalarLike(0, x)), g.scalarLike(gamma, x), slope))];
};

/** dy where x > α, else 0 */
export const ThresholdedRelu = ({ g, x: [x], dy: [dy], attrs }: RuleRequest) => [
  g.Where(g.Greater(x, g.scalarLike(attrs.float('alpha', 1), x)), dy, g.scalarLike(0, x)),
];

/** dy where |x| > λ, else 0 */
export const Shrink = ({ g, x: [x], dy: [dy], attrs }: RuleRequest) => [
  g.Where(g.Greater(g.Abs(x), g.scalarLike(attrs.float('lambd', 0.5), x)), dy, g.scalarLike(0, x)),
];

/** y = αx + β within (0, 1): α · dy there, else 0 */
export const HardSigmoid = ({ g, y: [y], dy: [dy], attrs }: RuleRequest) => {
  const [zero, one] = [g.scalarLike(0, y), g.scalarLike(1, y)];
  const inside = g.And(g.Greater(y, zero), g.Less(y, one));
  return [g.Where(inside, g.Mul(dy, g.scalarLike(attrs.float('alpha', 0.2), y)), zero)];
};

/** y = x · (x + 3)/6 within (−3, 3): dy · (2x + 3)/6 there, 0 below, dy above */
export const HardSwish = ({ g, x: [x], dy: [dy] }: RuleRequest) => {
  const slope = g.Add(g.Mul(x, g.scalarLike(1 / 3, x)), g.scalarLike(0.5, x));
  const [low, high] = [g.Less(x, g.scalarLike(-3, x)), g.Greater(x, g.scalarLike(3, x))];
  return [g.Where(low, g.scalarLike(0, x), g.Where(high, dy, g.Mul(dy, slope)))];
};

/** y = x / (1 + |x|): dy / (1 + |x|)² */
export const Softsign = ({ g, x: [x], dy: [dy] }: RuleRequest) => {
  const width = g.Add(g.Abs(x), g.scalarLike(1, x));
  return [g.Div(g.Div(dy, width), width)];
};

/** dy · y · (1 − y), with dy first so that nothing is computed before it is there */
export const Sigmoid = ({ g, y: [y], dy: [dy] }: RuleRequest) => {
  const product = g.Mul(dy, y);
  return [g.Sub(product, g.Mul(product, y))];
};

/** dy · (1 − y²) */
export const Tanh = ({ g, y: [y], dy: [dy] }: RuleRequest) => [g.Sub(dy, g.Mul(g.Mul(dy, y), y))];

/** dy · sigmoid(x) */
export const Softplus = (request: RuleRequest) => {
  const { g } = request;
  const [x] = request.x;
  const [dy] = request.dy;
  return [g.Mul(dy, g.Sigmoid(delayed(request, x, dy)))];
};

/** dy · 2/√π · e^(−x²) */
export const Erf = (request: RuleRequest) => {
  const { g } = request;
  const [input] = request.x;
  const [dy] = request.dy;
  const x = delayed(request, input, dy);
  const bell = g.Exp(g.Neg(g.Mul(x, x)));
  return [g.Mul(g.Mul(dy, g.scalarLike(2 / Math.sqrt(Math.PI), x)), bell)];
};

/**
 * y = x · Φ(x): dy · (Φ(x) + x · φ(x)), Φ and φ the normal distribution and its density. With approximate =
 * tanh, y = x/2 · (1 + t), t = tanh(u), u = c(x + 0.044715 x³): dy · (1 + t + x · (1 − t²) · u′) / 2.
 */
export const Gelu = (request: RuleRequest) => {
  const { g, attrs } = request;
  const [input] = request.x;
  const [dy] = request.dy;
  const x = delayed(request, input, dy);
  const number = (value: number) => g.scalarLike(value, x);
  const square = g.Mul(x, x);
  if (attrs.string('approximate', 'none') === 'tanh') {
    const c = Math.sqrt(2 / Math.PI);
    const inner = g.Add(g.Mul(square, number(0.044715 * c)), number(c));
    const t = g.Tanh(g.Mul(x, inner));
    const slope = g.Add(g.Mul(square, number(3 * 0.044715 * c)), number(c));
    const bend = g.Mul(g.Mul(x, slope), g.Sub(number(1), g.Mul(t, t)));
    return [g.Mul(g.Mul(dy, number(0.5)), g.Add(g.Add(t, number(1)), bend))];
  }
  const distribution = g.Mul(g.Add(g.Erf(g.Mul(x, number(Math.SQRT1_2))), number(1)), number(0.5));
  const density = g.Mul(g.Exp(g.Mul(square, number(-0.5))), number(1 / Math.sqrt(2 * Math.PI)));
  return [g.Mul(dy, g.Add(distribution, g.Mul(x, density)))];
};

/** y · (dy − Σ dy·y) along the axis */
export const Softmax = ({ g, y: [y], dy: [dy], attrs }: RuleRequest) => {
  const product = g.Mul(dy, y);
  return [g.Sub(product, g.Mul(y, g.ReduceSum(product, [attrs.int('axis', -1)])))];
};

/** dy − eʸ · Σ dy along the axis */
export const LogSoftmax = (request: RuleRequest) => {
  const { g, attrs } = request;
  const [y] = request.y;
  const [dy] = request.dy;
  const sum = g.ReduceSum(dy, [attrs.int('axis', -1)]);
  return [g.Sub(dy, g.Mul(g.Exp(delayed(request, y, dy)), sum))];
};
