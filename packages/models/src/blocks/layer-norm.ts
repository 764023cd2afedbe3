import type { GraphBuilder, Value } from '@entrgi/onnx';
import type { Weights } from '../weights.js';

/** y = (x − mean(x)) / √(var(x) + ε) · weight + bias over the last axis. */
export const layerNorm = (
  g: GraphBuilder,
  weights: Weights,
  name: string,
  x: Value,
  epsilon: number,
): Value =>
  g.LayerNormalization(x, weights.value(g, `${name}.weight`), weights.value(g, `${name}.bias`), { epsilon });
