import type { GraphBuilder, Value } from '@entrgi/onnx';
import type { Weights } from '../weights.js';
import { linear } from './linear.js';

/** Names of the projections. */
export interface GatedFeedForwardNames {
  readonly gate: string;
  readonly up: string;
  readonly down: string;
}

/** SwiGLU: down(silu(gate(x)) · up(x)), silu(z) = z · σ(z). */
export const gatedFeedForward = (
  g: GraphBuilder,
  weights: Weights,
  names: GatedFeedForwardNames,
  x: Value,
): Value => {
  const gate = linear(g, weights, names.gate, x);
  const up = linear(g, weights, names.up, x);
  return linear(g, weights, names.down, g.Mul(g.Mul(gate, g.Sigmoid(gate)), up));
};
