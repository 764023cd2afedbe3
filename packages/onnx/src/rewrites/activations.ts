import type { RewriteRequest, RewriteRule } from './rewrite-rule.js';

const withBias = ({ g, input }: RewriteRequest) => (input(1) === '' ? input(0) : g.Add(input(0), input(1)));

/** Fused activations of com.microsoft. */
export const activations: Readonly<Record<string, RewriteRule>> = {
  Gelu: ({ g, input }) => g.Gelu(input(0)),
  /** gelu(x + bias) */
  BiasGelu: (request) => request.g.Gelu(withBias(request)),
  /** The tanh approximation of gelu(x + bias). */
  FastGelu: (request) => request.g.Gelu(withBias(request), 'tanh'),
  /** x · σ(alpha · x) */
  QuickGelu: ({ g, input, float }) => {
    const x = input(0);
    const alpha = float('alpha', 1.702);
    return g.Mul(x, g.Sigmoid(alpha === 1 ? x : g.Mul(x, g.scalarLike(alpha, x))));
  },
};

/** Activations and sums that are short in plain operators. */
export const compositions: Readonly<Record<string, RewriteRule>> = {
  /** x · tanh(ln(1 + eˣ)) */
  Mish: ({ g, input }) => g.Mul(input(0), g.Tanh(g.node('Softplus', [input(0)])[0]!)),
  /** x · σ(alpha · x) */
  Swish: ({ g, input, float }) => {
    const [x, alpha] = [input(0), float('alpha', 1)];
    return g.Mul(x, g.Sigmoid(alpha === 1 ? x : g.Mul(x, g.scalarLike(alpha, x))));
  },
  /** x, and slope · x below 0 */
  PRelu: ({ g, input }) =>
    g.Where(g.Less(input(0), g.scalarLike(0, input(0))), g.Mul(input(1), input(0)), input(0)),
  Mean: ({ g, node }) => {
    const [first, ...rest] = node.inputs as [string, ...string[]];
    if (rest.length === 0) return first;
    const [sum] = g.node('Sum', node.inputs);
    return g.Mul(sum!, g.scalarLike(1 / node.inputs.length, first));
  },
  CastLike: ({ g, input }) => {
    const to = g.knownTypeOf(input(1))?.type;
    return to === undefined ? null : g.Cast(input(0), to);
  },
};
