import type { GraphBuilder, Value } from '@entrgi/onnx';
import type { Weights } from '../weights.js';
import { linear } from './linear.js';

/** SwiGLU: down(silu(gate(x)) · up(x)), silu(z) = z · σ(z). */
export const gatedFeedForward = (g: GraphBuilder, weights: Weights, name: string, x: Value): Value => {
  const gate = linear(g, weights, `${name}.gate_proj`, x);
  const up = linear(g, weights, `${name}.up_proj`, x);
  return linear(g, weights, `${name}.down_proj`, g.Mul(g.Mul(gate, g.Sigmoid(gate)), up));
};
