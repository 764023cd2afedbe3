import type { GraphBuilder, Value } from '@entrgi/onnx';
import type { Weights } from '../../contracts/weights.js';
import { localMask, paddingMask } from '../attention/attention-mask.js';
import { fusedAttention } from '../attention/fused-attention.js';
import { rotary } from '../attention/rotary.js';
import { layerNorm } from '../layers/layer-norm.js';
import { linear } from '../layers/linear.js';
import type { ModernBertShape } from './modern-bert-config.js';

export const modernBertEmbeddings = 'model.embeddings.tok_embeddings.weight';

/** Shape of every tensor of the embeddings, the layers and the prediction head, by name. */
export const modernBertParameters = (shape: ModernBertShape): [string, readonly number[]][] => {
  const { layers, width, feedForwardWidth, biases } = shape;
  type Parameters = [string, readonly number[]][];
  const tensor = (name: string, dims: readonly number[], biased: boolean): Parameters => {
    const weight: Parameters = [[`${name}.weight`, dims]];
    return biased ? [...weight, [`${name}.bias`, dims.slice(0, 1)]] : weight;
  };
  const layerParameters = (layer: string, first: boolean) => [
    ...(first ? [] : tensor(`${layer}.attn_norm`, [width], biases.norm)),
    ...tensor(`${layer}.attn.Wqkv`, [3 * width, width], biases.attention),
    ...tensor(`${layer}.attn.Wo`, [width, width], biases.attention),
    ...tensor(`${layer}.mlp_norm`, [width], biases.norm),
    ...tensor(`${layer}.mlp.Wi`, [2 * feedForwardWidth, width], biases.feedForward),
    ...tensor(`${layer}.mlp.Wo`, [width, feedForwardWidth], biases.feedForward),
  ];
  return [
    [modernBertEmbeddings, [shape.vocabularySize, width]],
    ...tensor('model.embeddings.norm', [width], biases.norm),
    ...Array.from({ length: layers }, (_, i) => layerParameters(`model.layers.${i}`, i === 0)).flat(),
    ...tensor('model.final_norm', [width], biases.norm),
    ...tensor('head.dense', [width, width], biases.head),
    ...tensor('head.norm', [width], biases.norm),
  ];
};

export interface ModernBertInputs {
  /** Embedded tokens, [batch, length, width]. */
  readonly embeds: Value;
  /** Batch size and length, each a 1-D value with one element. */
  readonly batch: Value;
  readonly length: Value;
  /** int64 [batch, length]: 0 where no token may look; absent: everywhere. */
  readonly present?: Value;
}

/**
 * The layers of ModernBERT (x + attention(norm x), then x + (activation · gate)(norm x)) from embedded tokens
 * to rows [batch · length, width], after the final norm. Source: Warner et al., "Smarter, Better, Faster,
 * Longer" (arXiv 2412.13663) and ModernBertModel in transformers.
 */
export const modernBertEncoder = (
  g: GraphBuilder,
  weights: Weights,
  shape: ModernBertShape,
  { embeds, batch, length, present }: ModernBertInputs,
): Value => {
  const { width, heads, feedForwardWidth, epsilon } = shape;
  const headWidth = width / heads;
  const attend = fusedAttention(g, weights, { batch, length, heads, headWidth });
  const norm = (name: string, x: Value) => layerNorm(g, weights, name, x, epsilon);
  const everywhere = {
    rotary: rotary(g, length, shape.globalRope),
    ...(present === undefined ? {} : { mask: paddingMask(g, present, length) }),
  };
  const nearby = shape.local.includes(true)
    ? {
        rotary: rotary(g, length, shape.localRope),
        mask: localMask(g, length, shape.reach, present),
      }
    : everywhere;

  let x = norm('model.embeddings.norm', g.Reshape(embeds, [-1, width]));
  for (let i = 0; i < shape.layers; i++) {
    const layer = `model.layers.${i}`;
    // The embeddings are already normalized.
    const before = i === 0 ? x : norm(`${layer}.attn_norm`, x);
    const names = { qkv: `${layer}.attn.Wqkv`, o: `${layer}.attn.Wo` };
    x = g.Add(x, attend(before, { ...names, ...(shape.local[i] ? nearby : everywhere) }));
    const both = linear(g, weights, `${layer}.mlp.Wi`, norm(`${layer}.mlp_norm`, x));
    const [inside, gate] = g.Split(both, [feedForwardWidth, feedForwardWidth], 1, 2);
    x = g.Add(x, linear(g, weights, `${layer}.mlp.Wo`, g.Mul(shape.activation(g, inside!), gate!)));
  }
  return norm('model.final_norm', x);
};

/** The prediction head: norm(activation(dense x)) of rows [rows, width]. */
export const modernBertHead = (
  g: GraphBuilder,
  weights: Weights,
  shape: ModernBertShape,
  rows: Value,
): Value =>
  layerNorm(
    g,
    weights,
    'head.norm',
    shape.headActivation(g, linear(g, weights, 'head.dense', rows)),
    shape.epsilon,
  );
