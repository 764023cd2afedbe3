import type { GraphBuilder, Value } from '@entrgi/onnx';
import type { Weights } from '../../contracts/weights.js';
import type { ConfigReader } from '../../files/config-reader.js';
import { attention } from '../attention/attention.js';
import { readActivation } from '../layers/activations.js';
import { layerNorm } from '../layers/layer-norm.js';
import { linear } from '../layers/linear.js';
import {
  checkHeads,
  type EncoderLayerNames,
  type EncoderShape,
  encoderLayers,
  encoderParameters,
  linearParameters,
  normParameters,
} from './encoder.js';

/** An encoder with BERT's embeddings: words, absolute positions and segments, added and normalized. */
export interface BertShape extends EncoderShape {
  readonly vocabularySize: number;
  readonly maxLength: number;
  /** Name of the word-embedding table. */
  readonly embeddings: string;
  /** What its tensors' names begin with. */
  readonly root: string;
  readonly segmentTypes: number;
  /** Length of an embedding, and the layer that makes it one of `width`, where that is another. */
  readonly narrow?: { readonly width: number; readonly projection: string } | undefined;
  /** Row of the position table that the first token takes. */
  readonly firstPosition: number;
}

export interface BertInputs {
  /** float32 [batch, length, width]. */
  readonly embeds: Value;
  /** int64 [batch, length]; absent: every token is of segment 0. */
  readonly segments?: Value;
  /**
   * Row of the position table of each token, int64 [batch, length]; absent: one after the other from
   * `firstPosition` on.
   */
  readonly positions?: Value;
  /** Batch size and length, each a 1-D value with one element. */
  readonly batch: Value;
  readonly length: Value;
  /** Added to attention scores; absent: every token sees every token. */
  readonly mask?: Value;
}

/** Reads the sizes from config.json and refuses variants with other maths. */
export const readBertShape = (
  config: ConfigReader,
  { root, firstPosition, narrow }: Pick<BertShape, 'root' | 'firstPosition' | 'narrow'>,
): BertShape => {
  config.only('position_embedding_type', 'absolute');
  // Its tokens would see no later ones, and the first of them nothing but itself.
  config.only('is_decoder', false);
  const width = config.count('hidden_size');
  const heads = config.count('num_attention_heads');
  checkHeads(config, heads, width);
  return {
    root,
    firstPosition,
    narrow,
    embeddings: `${root}.embeddings.word_embeddings.weight`,
    layers: config.layers('num_hidden_layers'),
    width,
    feedForwardWidth: config.count('intermediate_size'),
    heads,
    vocabularySize: config.count('vocab_size'),
    maxLength: config.count('max_position_embeddings') - firstPosition,
    segmentTypes: config.count('type_vocab_size', 2),
    epsilon: config.epsilon('layer_norm_eps', 1e-12),
    activation: readActivation(config, 'hidden_act', 'gelu'),
    names: (i) => bertLayerNames(`${root}.encoder.layer.${i}`),
  };
};

/** What transformers calls the tensors of a layer of BERT. */
export const bertLayerNames = (layer: string): EncoderLayerNames => ({
  q: `${layer}.attention.self.query`,
  k: `${layer}.attention.self.key`,
  v: `${layer}.attention.self.value`,
  o: `${layer}.attention.output.dense`,
  attentionNorm: `${layer}.attention.output.LayerNorm`,
  inner: `${layer}.intermediate.dense`,
  outer: `${layer}.output.dense`,
  outerNorm: `${layer}.output.LayerNorm`,
});

/** Shape of every tensor of the embeddings and the layers, by name. */
export const bertParameters = (shape: BertShape): [string, number[]][] => {
  const { root, narrow, maxLength, firstPosition } = shape;
  const width = narrow?.width ?? shape.width;
  return [
    [shape.embeddings, [shape.vocabularySize, width]],
    [`${root}.embeddings.position_embeddings.weight`, [maxLength + firstPosition, width]],
    [`${root}.embeddings.token_type_embeddings.weight`, [shape.segmentTypes, width]],
    ...normParameters(`${root}.embeddings.LayerNorm`, width),
    ...(narrow === undefined ? [] : linearParameters(narrow.projection, shape.width, width)),
    ...encoderParameters(shape),
  ];
};

/** Embedded words to the output of the last layer, rows [batch · length, width]. */
export const bertEncoder = (
  g: GraphBuilder,
  weights: Weights,
  shape: BertShape,
  { embeds, segments, positions, batch, length, mask }: BertInputs,
): Value => {
  const { root, width, heads, epsilon, firstPosition, narrow } = shape;
  const attend = attention(g, weights, {
    batch,
    length,
    heads,
    keyValueHeads: heads,
    headWidth: width / heads,
  });
  const positionTable = weights.value(g, `${root}.embeddings.position_embeddings.weight`);
  const end = firstPosition === 0 ? length : g.Add(length, g.int64s([firstPosition]));
  const places =
    positions === undefined
      ? g.Slice(positionTable, [firstPosition], end, [0])
      : g.Gather(positionTable, positions);
  const segmentTable = weights.value(g, `${root}.embeddings.token_type_embeddings.weight`);
  // A model with one segment type calls everything by it.
  const told = segments !== undefined && shape.segmentTypes > 1;
  const types = g.Gather(segmentTable, told ? segments : g.scalar(0, 'int64'));
  const embedded = g.Add(g.Add(embeds, places), types);
  const rows = g.Reshape(embedded, [-1, narrow?.width ?? width]);
  const norm = layerNorm(g, weights, `${root}.embeddings.LayerNorm`, rows, epsilon);
  const normalized = narrow === undefined ? norm : linear(g, weights, narrow.projection, norm);
  return encoderLayers(g, weights, shape, (x, layer) => attend(x, { ...layer, mask }).rows, normalized);
};
