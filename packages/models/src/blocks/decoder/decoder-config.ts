import { CheckpointError, UnsupportedError } from '@entrgi/core';
import type { ConfigReader } from '../../files/config-reader.js';
import { readRope } from '../attention/rope.js';
import { readRopeSettings } from '../attention/rope-settings.js';
import { readSlidingWindow, type SlidingWindow } from '../attention/sliding-window.js';
import { readActivation } from '../layers/activations.js';
import type { LayerNames, LayersShape } from './decoder-layers.js';

/** The sizes of a network of Llama's kind, and what its tensors are called. */
export interface DecoderShape extends LayersShape {
  readonly width: number;
  readonly feedForwardWidth: number;
  readonly vocabularySize: number;
  readonly maxLength: number;
  /**
   * What embeddings are multiplied by.
   * @default 1
   */
  readonly embeddingScale?: number | undefined;
  /** Where some layers see only the tokens just before. */
  readonly window?: SlidingWindow | undefined;
  /** Which of the projections have a bias. */
  readonly biases: readonly ('q' | 'k' | 'v' | 'o')[];
  /** The word-embedding table, the final norm and the head. */
  readonly embeddings: string;
  readonly norm: string;
  readonly head: string;
}

/** What transformers calls the tensors of a layer. */
export const decoderNames =
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

/**
 * Reads the sizes from config.json and refuses variants with other maths. `headWidth` undefined: width /
 * heads.
 */
export const readDecoderShape = (
  config: ConfigReader,
  variant: Pick<DecoderShape, 'biases'> & {
    /** Whether every query and key head has an RMSNorm of its own (Qwen3). */
    readonly headNorms: boolean;
    readonly headWidth?: number;
    /** @default intermediate_size */
    readonly feedForwardWidth?: number;
    /**
     * What becomes of layers that see only the tokens just before (Qwen2, Qwen3).
     * @default the architecture takes no notice of such fields
     */
    readonly sliding?: 'masked' | 'refused';
    /**
     * What becomes of heads that turn in part, where rope_type is the default.
     * @default the architecture takes no notice of it, as transformers 5 does not
     */
    readonly partial?: 'refused';
  },
): DecoderShape => {
  const width = config.count('hidden_size');
  const heads = config.count('num_attention_heads');
  const keyValueHeads = config.count('num_key_value_heads', heads);
  refuseUnlessDivides(config, 'num_key_value_heads', keyValueHeads, 'num_attention_heads', heads);
  const headWidth = config.count('head_dim', variant.headWidth ?? quotient(config, width, heads));
  refuseUnlessDivides(config, 'the pair', 2, 'the width of a head', headWidth);
  const layers = config.layers('num_hidden_layers');
  const settings = readRopeSettings(config);
  if (variant.partial === 'refused' && settings.partial !== 1) {
    throw new UnsupportedError(
      `${config.file}: partial_rotary_factor: expected 1, got ${settings.partial}.`,
      { value: settings.partial, hint: 'This variant of the architecture is not supported.' },
    );
  }
  const rope = readRope(settings, {
    headWidth,
    maxLength: config.count('max_position_embeddings'),
  });
  const { maxLength } = rope;
  const window = variant.sliding === undefined ? undefined : readSlidingWindow(config, { layers, maxLength });
  if (window !== undefined && variant.sliding === 'refused') {
    throw new UnsupportedError(
      `${config.file}: sliding_window: expected none where tokens see both ways, got ${window.width}.`,
      { value: window.width, hint: 'Set use_sliding_window to false if the model was trained without it.' },
    );
  }
  return {
    biases: variant.biases,
    names: decoderNames(variant.headNorms),
    embeddings: 'model.embed_tokens.weight',
    norm: 'model.norm',
    head: 'lm_head',
    layers,
    width,
    feedForwardWidth: variant.feedForwardWidth ?? config.count('intermediate_size'),
    heads,
    keyValueHeads,
    headWidth,
    vocabularySize: config.count('vocab_size'),
    maxLength,
    epsilon: config.epsilon('rms_norm_eps', 1e-6),
    rope,
    activation: readActivation(config, 'hidden_act', 'silu'),
    window,
  };
};

/** Shape of every tensor of the layers, the embedding table and the final norm, by name. */
export const decoderParameters = (shape: DecoderShape): (readonly [string, readonly number[]])[] => {
  const { width, feedForwardWidth, headWidth } = shape;
  const queries = shape.heads * headWidth;
  const keys = shape.keyValueHeads * headWidth;
  const weight = (name: string, ...dims: number[]): [string, readonly number[]] => [`${name}.weight`, dims];
  const layer = (i: number): (readonly [string, readonly number[]])[] => {
    const names = shape.names(i);
    const { headNorms } = names;
    return [
      weight(names.attentionNorm, width),
      ...(names.qkv === undefined
        ? [weight(names.q, queries, width), weight(names.k, keys, width), weight(names.v, keys, width)]
        : [weight(names.qkv, queries + 2 * keys, width)]),
      weight(names.o, width, queries),
      ...shape.biases.map((name): [string, readonly number[]] => [
        `${names[name]}.bias`,
        [name === 'q' ? queries : name === 'o' ? width : keys],
      ]),
      ...(headNorms === undefined ? [] : [weight(headNorms.q, headWidth), weight(headNorms.k, headWidth)]),
      weight(names.feedForwardNorm, width),
      ...[names.attendedNorm, names.fedNorm].flatMap((name) =>
        name === undefined ? [] : [weight(name, width)],
      ),
      ...(shape.feedForward?.(i)?.parameters ?? [
        weight(names.gate, feedForwardWidth, width),
        weight(names.up, feedForwardWidth, width),
        weight(names.down, width, feedForwardWidth),
      ]),
    ];
  };
  return [
    [shape.embeddings, [shape.vocabularySize, width]],
    ...Array.from({ length: shape.layers }, (_, i) => layer(i)).flat(),
    weight(shape.norm, width),
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
