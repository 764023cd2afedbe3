import { CheckpointError } from '@entrgi/core';
import type { GraphBuilder, Value } from '@entrgi/onnx';
import { decoderLayers, type LayersShape } from '../blocks/decoder-layers.js';
import { linear } from '../blocks/linear.js';
import { rmsNorm } from '../blocks/rms-norm.js';
import type { ConfigReader } from '../config-reader.js';
import type { DenoiserNetwork, Past } from '../network.js';
import type { Weights } from '../weights.js';

/**
 * LLaDA 8B: Llama whose attention looks both ways, under OLMo's names; logits stand where their tokens are.
 * Source: Nie et al., "Large Language Diffusion Models" (arXiv 2502.09992) and the model's published code.
 */
export const LLaDAModelLM = (config: ConfigReader): DenoiserNetwork => {
  config.only('block_type', 'llama');
  config.only('activation_type', 'silu');
  config.only('layer_norm_type', 'rms');
  config.only('layer_norm_with_affine', true);
  config.only('rope', true);
  const mustBeOff = [
    'alibi',
    'attention_layer_norm',
    'bias_for_layer_norm',
    'include_bias',
    'input_emb_norm',
    'scale_logits',
  ];
  for (const field of mustBeOff) config.only(field, false);
  const layers = config.layers('n_layers');
  const width = config.count('d_model');
  const heads = config.count('n_heads');
  const keyValueHeads = config.flag('multi_query_attention', false) ? 1 : config.count('n_kv_heads', heads);
  const headWidth = width / heads;
  if (!Number.isInteger(headWidth / 2) || heads % keyValueHeads !== 0) {
    throw new CheckpointError(
      `${config.file}: expected n_kv_heads (${keyValueHeads}) to divide n_heads (${heads}), and twice that to divide d_model (${width}).`,
      { value: heads },
    );
  }
  const feedForwardWidth = config.count('mlp_hidden_size', config.count('mlp_ratio', 4) * width);
  const rows = config.count('embedding_size', config.count('vocab_size'));
  const epsilon = config.positive('rms_norm_eps', 1e-5);
  const ropeTheta = config.positive('rope_theta', 10_000);
  const tied = config.flag('weight_tying', true);

  const keys = keyValueHeads * headWidth;
  const embeddings = 'model.transformer.wte.weight';
  const head = 'model.transformer.ff_out';
  const layerName = (i: number) => `model.transformer.blocks.${i}`;
  const biases = config.flag('include_qkv_bias', false);
  const projection = (name: string, out: number): [string, number[]][] => [
    [`${name}.weight`, [out, width]],
    ...(biases ? ([[`${name}.bias`, [out]]] as [string, number[]][]) : []),
  ];
  const layerParameters = (layer: string): [string, number[]][] => [
    [`${layer}.attn_norm.weight`, [width]],
    [`${layer}.ff_norm.weight`, [width]],
    ...projection(`${layer}.q_proj`, width),
    ...projection(`${layer}.k_proj`, keys),
    ...projection(`${layer}.v_proj`, keys),
    [`${layer}.attn_out.weight`, [width, width]],
    [`${layer}.ff_proj.weight`, [feedForwardWidth, width]],
    [`${layer}.up_proj.weight`, [feedForwardWidth, width]],
    [`${layer}.ff_out.weight`, [width, feedForwardWidth]],
  ];

  const shape: LayersShape = {
    layers,
    heads,
    keyValueHeads,
    headWidth,
    epsilon,
    ropeTheta,
    names(i) {
      const layer = layerName(i);
      return {
        attentionNorm: `${layer}.attn_norm`,
        q: `${layer}.q_proj`,
        k: `${layer}.k_proj`,
        v: `${layer}.v_proj`,
        o: `${layer}.attn_out`,
        feedForwardNorm: `${layer}.ff_norm`,
        gate: `${layer}.ff_proj`,
        up: `${layer}.up_proj`,
        down: `${layer}.ff_out`,
      };
    },
  };
  const decode = (
    g: GraphBuilder,
    weights: Weights,
    { ids, start, past, positions }: { ids: Value; start?: Value; past?: Past; positions?: Value },
  ) =>
    decoderLayers(g, weights, shape, {
      rows: weights.rows(g, embeddings, g.Reshape(ids, [-1])),
      batch: g.Shape(ids, { start: 0, end: 1 }),
      length: g.Shape(ids, { start: 1, end: 2 }),
      past,
      start,
      wanted: positions,
    });
  const logits = (g: GraphBuilder, weights: Weights, hidden: Value) => {
    const normalised = rmsNorm(g, weights, 'model.transformer.ln_f', hidden, epsilon);
    return tied ? weights.product(g, embeddings, normalised, null) : linear(g, weights, head, normalised);
  };

  return {
    task: 'denoiser',
    layers,
    width,
    rows,
    maxLength: config.count('max_sequence_length'),
    embeddings,
    shifted: false,
    parameters: new Map<string, readonly number[]>([
      [embeddings, [rows, width]],
      ...Array.from({ length: layers }, (_, i) => layerParameters(layerName(i))).flat(),
      ['model.transformer.ln_f.weight', [width]],
      ...(tied ? [] : ([[`${head}.weight`, [rows, width]]] as const)),
    ]),
    ignored: new Set(tied ? [`${head}.weight`] : []),

    logits: (g, weights, inputs) => logits(g, weights, decode(g, weights, inputs).rows),
    block: {
      layers,
      keyValueHeads,
      headWidth,
      kept: (g, weights, ids) => decode(g, weights, { ids }).kept,
      logits: (g, weights, inputs) => logits(g, weights, decode(g, weights, inputs).rows),
    },
  };
};
