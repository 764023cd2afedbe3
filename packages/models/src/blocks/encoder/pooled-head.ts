import type { GraphBuilder, Value } from '@entrgi/onnx';
import type { Weights } from '../../contracts/weights.js';
import type { Activation } from '../layers/activations.js';
import { firstPosition } from '../layers/first-position.js';
import { linear } from '../layers/linear.js';
import { linearParameters } from './encoder.js';

/** The score of BERT and its kin: two layers over the first position. */
export interface PooledHead {
  /** Names of the two layers. */
  readonly dense: string;
  readonly score: string;
  /** Between them. */
  readonly activation: Activation;
  readonly width: number;
  readonly labels: number;
}

/** The shapes of its parameters, by name. */
export const pooledHeadParameters = ({ dense, score, width, labels }: PooledHead) => [
  ...linearParameters(dense, width, width),
  ...linearParameters(score, labels, width),
];

/** Rows [batch · length, width] to scores [batch, labels]. */
export const pooledHead = (
  g: GraphBuilder,
  weights: Weights,
  { dense, score, activation, width }: PooledHead,
  rows: Value,
  { batch, length }: { readonly batch: Value; readonly length: Value },
): Value => {
  const first = firstPosition(g, rows, { batch, length, width });
  return linear(g, weights, score, activation(g, linear(g, weights, dense, first)));
};
