import { CheckpointError } from '@entrgi/core';
import type { GraphBuilder, Value } from '@entrgi/onnx';
import type { Weights } from '../../contracts/weights.js';
import type { ConfigReader } from '../../files/config-reader.js';
import type { AttentionLayer } from '../attention/attention.js';
import type { Activation } from '../layers/activations.js';
import { layerNorm } from '../layers/layer-norm.js';
import { linear } from '../layers/linear.js';

/** What the layers of BERT and its relatives are called, each having a weight and a bias. */
export interface EncoderLayerNames extends AttentionLayer {
  readonly attentionNorm: string;
  readonly inner: string;
  readonly outer: string;
  readonly outerNorm: string;
}

/** The sizes of an encoder like BERT. */
export interface EncoderShape {
  readonly layers: number;
  readonly width: number;
  readonly feedForwardWidth: number;
  readonly heads: number;
  readonly epsilon: number;
  readonly activation: Activation;
  readonly names: (layer: number) => EncoderLayerNames;
}

/** Shapes of the weight and the bias of a linear layer. */
export const linearParameters = (name: string, out: number, into: number): [string, number[]][] => [
  [`${name}.weight`, [out, into]],
  [`${name}.bias`, [out]],
];

/** Shapes of the weight and the bias of a layer norm. */
export const normParameters = (name: string, width: number): [string, number[]][] => [
  [`${name}.weight`, [width]],
  [`${name}.bias`, [width]],
];

/** Shape of every tensor of the layers, by name. */
export const encoderParameters = (shape: EncoderShape): [string, number[]][] => {
  const { layers, width, feedForwardWidth } = shape;
  return Array.from({ length: layers }, (_, i) => {
    const layer = shape.names(i);
    return [
      ...[layer.q, layer.k, layer.v, layer.o].flatMap((name) => linearParameters(name, width, width)),
      ...normParameters(layer.attentionNorm, width),
      ...linearParameters(layer.inner, feedForwardWidth, width),
      ...linearParameters(layer.outer, width, feedForwardWidth),
      ...normParameters(layer.outerNorm, width),
    ];
  }).flat();
};

/**
 * The layers (norm(x + attention x), then norm(x + outer(activation(inner x)))), from and to rows [batch ·
 * length, width].
 */
export const encoderLayers = (
  g: GraphBuilder,
  weights: Weights,
  shape: EncoderShape,
  attend: (x: Value, layer: EncoderLayerNames) => Value,
  rows: Value,
): Value => {
  let x = rows;
  for (let i = 0; i < shape.layers; i++) {
    const layer = shape.names(i);
    x = layerNorm(g, weights, layer.attentionNorm, g.Add(x, attend(x, layer)), shape.epsilon);
    const inside = shape.activation(g, linear(g, weights, layer.inner, x));
    const outside = linear(g, weights, layer.outer, inside);
    x = layerNorm(g, weights, layer.outerNorm, g.Add(x, outside), shape.epsilon);
  }
  return x;
};

/** Throws unless the heads share the width out evenly. */
export const checkHeads = (
  config: ConfigReader,
  heads: number,
  width: number,
  fields = BERT_FIELDS,
): void => {
  if (width % heads === 0) return;
  throw new CheckpointError(
    `${config.file}: expected ${fields.heads} (${heads}) to divide ${fields.width} (${width}).`,
    { value: heads },
  );
};

const BERT_FIELDS = { heads: 'num_attention_heads', width: 'hidden_size' };
