import type { RuleRequest } from '../../rule/rule.js';

export const Sin = ({ g, x: [x], dy: [dy] }: RuleRequest) => [g.Mul(dy, g.Cos(x))];

export const Cos = ({ g, x: [x], dy: [dy] }: RuleRequest) => [g.Neg(g.Mul(dy, g.Sin(x)))];

/** dy · (1 + y²) */
export const Tan = ({ g, y: [y], dy: [dy] }: RuleRequest) => [g.Add(dy, g.Mul(g.Mul(dy, y), y))];

/** √(sign · x² + offset) */
const root = ({ g, x: [x] }: RuleRequest, sign: 1 | -1, offset: 1 | -1) => {
  const square = g.Mul(x, x);
  return g.Sqrt(g.Add(sign === 1 ? square : g.Neg(square), g.scalarLike(offset, x)));
};

/** dy / √(1 − x²) */
export const Asin = (request: RuleRequest) => [request.g.Div(request.dy[0], root(request, -1, 1))];

export const Acos = (request: RuleRequest) => {
  const { g, dy } = request;
  return [g.Neg(g.Div(dy[0], root(request, -1, 1)))];
};

/** dy / (1 + x²) */
export const Atan = ({ g, x: [x], dy: [dy] }: RuleRequest) => [
  g.Div(dy, g.Add(g.Mul(x, x), g.scalarLike(1, x))),
];

export const Sinh = ({ g, x: [x], dy: [dy] }: RuleRequest) => [g.Mul(dy, g.node('Cosh', [x])[0]!)];

export const Cosh = ({ g, x: [x], dy: [dy] }: RuleRequest) => [g.Mul(dy, g.node('Sinh', [x])[0]!)];

/** dy / √(x² + 1) */
export const Asinh = (request: RuleRequest) => [request.g.Div(request.dy[0], root(request, 1, 1))];

/** dy / √(x² − 1) */
export const Acosh = (request: RuleRequest) => [request.g.Div(request.dy[0], root(request, 1, -1))];

/** dy / (1 − x²) */
export const Atanh = ({ g, x: [x], dy: [dy] }: RuleRequest) => [
  g.Div(dy, g.Sub(g.scalarLike(1, x), g.Mul(x, x))),
];
