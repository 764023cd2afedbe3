import type { GraphBuilder, Value } from '@entrgi/onnx';
import type { Weights } from '../../contracts/weights.js';

/** y = x / √(mean(x²) + ε) · weight over the last axis. One fused node: loading time grows faster than the number of nodes. */
export const rmsNorm = (g: GraphBuilder, weights: Weights, name: string, x: Value, epsilon: number): Value =>
  g.SimplifiedLayerNormalization(x, weights.value(g, `${name}.weight`), { epsilon });
