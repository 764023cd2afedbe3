import type { GraphBuilder, Value } from '@entrgi/onnx';
import type { Weights } from '../../contracts/weights.js';

/**
 * y = x / √(mean(x²) + ε) · (weight + offset) over the last axis; Gemma's weights are what is above an offset
 * of 1. One fused node: loading time grows faster than the number of nodes.
 */
export const rmsNorm = (
  g: GraphBuilder,
  weights: Weights,
  name: string,
  x: Value,
  epsilon: number,
  offset = 0,
): Value => {
  const weight = weights.value(g, `${name}.weight`);
  const scale = offset === 0 ? weight : g.Add(weight, g.scalar(offset, 'float32'));
  return g.SimplifiedLayerNormalization(x, scale, { epsilon });
};
