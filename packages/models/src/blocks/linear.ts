import type { GraphBuilder, Value } from '@entrgi/onnx';
import type { Weights } from '../weights.js';

/**
 * y = x Wᵀ + b over the last axis of a matrix x [rows, in]. W lies as [out, in] in the file, and Gemm reads it as it lies:
 * one copy serves the forward pass (transposed) and the gradient (not transposed).
 */
export const linear = (g: GraphBuilder, weights: Weights, name: string, x: Value): Value => {
  const bias = weights.has(`${name}.bias`) ? weights.value(g, `${name}.bias`) : null;
  return g.Gemm(x, weights.value(g, `${name}.weight`), bias, { transB: 1 });
};
