import { CheckpointError } from '@entrgi/core';
import type { ConfigReader } from '../config-reader.js';
import type { LayerNames, LayersShape } from './decoder-layers.js';
import { readRope } from './rope-scaling.js';

/** The sizes of a Qwen2-, Qwen3- or Llama-like network. */
export interface DecoderShape extends LayersShape {
  readonly width: number;
  readonly feedForwardWidth: number;
  readonly rows: number;
  readonly maxLength: number;
  /** Whether every query and key head has an RMSNorm of its own (Qwen3). */
  readonly headNorms: boolean;
  /** Which of the projections have a bias. */
  readonly biases: readonly ('q' | 'k' | 'v' | 'o')[];
}

const layerNames =
  (headNorms: boolean) =>
  (i: number): LayerNames => {
    const [layer, own] = [`model.layers.${i}`, `model.layers.${i}.self_attn`];
    return {
      attentionNorm: `${layer}.input_layernorm`,
      q: `${own}.q_proj`,
      k: `${own}.k_proj`,
      v: `${own}.v_proj`,
      o: `${own}.o_proj`,
      headNorms: headNorms ? { q: `${own}.q_norm`, k: `${own}.k_norm` } : undefined,
      feedForwardNorm: `${layer}.post_attention_layernorm`,
      gate: `${layer}.mlp.gate_proj`,
      up: `${layer}.mlp.up_proj`,
      down: `${layer}.mlp.down_proj`,
    };
  };

/** Reads the sizes from config.json and refuses variants with other maths. `headWidth` undefined: width / heads. */
export const readDecoderShape = (
  config: ConfigReader,
  variant: Pick<DecoderShape, 'headNorms' | 'biases'> & { readonly headWidth?: number },
): DecoderShape => {
  config.only('hidden_act', 'silu');
  config.only('use_sliding_window', false);
  const width = config.count('hidden_size');
  const heads = config.count('num_attention_heads');
  const keyValueHeads = config.count('num_key_value_heads', heads);
  refuseUnlessDivides(config, 'num_key_value_heads', keyValueHeads, 'num_attention_heads', heads);
  const headWidth = config.count('head_dim', variant.headWidth ?? quotient(config, width, heads));
  refuseUnlessDivides(config, 'the pair', 2, 'the width of a head', headWidth);
  return {
    ...variant,
    names: layerNames(variant.headNorms),
    layers: config.layers('num_hidden_layers'),
    width,
    feedForwardWidth: config.count('intermediate_size'),
    heads,
    keyValueHeads,
    headWidth,
    rows: config.count('vocab_size'),
    maxLength: config.count('max_position_embeddings'),
    epsilon: config.positive('rms_norm_eps', 1e-6),
    ...readRope(config),
  };
};

/** Shape of every tensor of the layers, the embedding table and the final norm, by name. */
export const decoderParameters = (shape: DecoderShape): [string, readonly number[]][] => {
  const { width, feedForwardWidth, headWidth } = shape;
  const queries = shape.heads * headWidth;
  const keys = shape.keyValueHeads * headWidth;
  const layer: [string, readonly number[]][] = [
    ['input_layernorm.weight', [width]],
    ['self_attn.q_proj.weight', [queries, width]],
    ['self_attn.k_proj.weight', [keys, width]],
    ['self_attn.v_proj.weight', [keys, width]],
    ['self_attn.o_proj.weight', [width, queries]],
    ...shape.biases.map((name): [string, readonly number[]] => [
      `self_attn.${name}_proj.bias`,
      [name === 'q' ? queries : name === 'o' ? width : keys],
    ]),
    ...(shape.headNorms ? (['q', 'k'] as const) : []).map((name): [string, readonly number[]] => [
      `self_attn.${name}_norm.weight`,
      [headWidth],
    ]),
    ['post_attention_layernorm.weight', [width]],
    ['mlp.gate_proj.weight', [feedForwardWidth, width]],
    ['mlp.up_proj.weight', [feedForwardWidth, width]],
    ['mlp.down_proj.weight', [width, feedForwardWidth]],
  ];
  return [
    ['model.embed_tokens.weight', [shape.rows, width]],
    ...Array.from({ length: shape.layers }, (_, i) =>
      layer.map(([name, dims]): [string, readonly number[]] => [`model.layers.${i}.${name}`, dims]),
    ).flat(),
    ['model.norm.weight', [width]],
  ];
};

/** All four projections have a bias, or none has: attention_bias, as Qwen3 and Llama write it. */
export const attentionBiases = (config: ConfigReader): DecoderShape['biases'] =>
  config.flag('attention_bias', false) ? ['q', 'k', 'v', 'o'] : [];

const quotient = (config: ConfigReader, width: number, heads: number): number => {
  refuseUnlessDivides(config, 'num_attention_heads', heads, 'hidden_size', width);
  return width / heads;
};

const refuseUnlessDivides = (
  config: ConfigReader,
  divisorName: string,
  divisor: number,
  name: string,
  value: number,
): void => {
  if (value % divisor === 0) return;
  throw new CheckpointError(
    `${config.file}: expected ${divisorName} (${divisor}) to divide ${name} (${value}).`,
    { value },
  );
};
