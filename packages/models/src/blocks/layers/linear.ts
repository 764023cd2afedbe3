import type { GraphBuilder, Value } from '@entrgi/onnx';
import type { Weights } from '../../contracts/weights.js';

/** y = x Wᵀ + b over the last axis of a matrix x [rows, in], if there is a bias b. */
export const linear = (g: GraphBuilder, weights: Weights, name: string, x: Value): Value => {
  const bias = weights.has(`${name}.bias`) ? weights.value(g, `${name}.bias`) : null;
  return weights.product(g, `${name}.weight`, x, bias);
};
