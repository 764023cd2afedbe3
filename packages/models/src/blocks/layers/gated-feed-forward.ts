import type { GraphBuilder, Value } from '@entrgi/onnx';
import type { Weights } from '../../contracts/weights.js';
import type { Activation } from './activations.js';
import { linear } from './linear.js';

/** Names of the projections. */
export interface GatedFeedForwardNames {
  readonly gate: string;
  readonly up: string;
  readonly down: string;
}

/** down(a(gate(x)) · up(x)); SwiGLU where a is silu. */
export const gatedFeedForward = (
  g: GraphBuilder,
  weights: Weights,
  names: GatedFeedForwardNames,
  x: Value,
  activation: Activation,
): Value => {
  const gate = linear(g, weights, names.gate, x);
  const up = linear(g, weights, names.up, x);
  return linear(g, weights, names.down, g.Mul(activation(g, gate), up));
};
