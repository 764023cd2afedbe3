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
