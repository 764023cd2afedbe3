import type { GraphBuilder, Value } from '@entrgi/onnx';
import type { Weights } from '../../contracts/weights.js';

/** y = (x − mean(x)) / √(var(x) + ε) · weight + bias over the last axis; some have no bias. */
export const layerNorm = (
  g: GraphBuilder,
  weights: Weights,
  name: string,
  x: Value,
  epsilon: number,
): Value => {
  const bias = weights.has(`${name}.bias`) ? weights.value(g, `${name}.bias`) : null;
  return g.LayerNormalization(x, weights.value(g, `${name}.weight`), bias, { epsilon });
};
