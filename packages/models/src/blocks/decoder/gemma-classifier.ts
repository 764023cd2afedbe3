import type { ClassifierNetwork } from '../../contracts/network.js';
import type { ConfigReader } from '../../files/config-reader.js';
import { type Rope, readRope } from '../attention/rope.js';
import type { RopeSettings } from '../attention/rope-settings.js';
import { layerTypes } from '../attention/sliding-window.js';
import { readActivation } from '../layers/activations.js';
import { causalClassifier } from './causal-classifier.js';
import { attentionBiases, decoderNames } from './decoder-config.js';

export interface GemmaVariant {
  /** Whether every query and key head has an RMSNorm of its own. */
  readonly headNorms: boolean;
  /**
   * Of so many layers the last sees everything, and the others a window, where config.json does not list
   * them.
   */
  readonly period: number;
  readonly window: number;
  /** How layers that see everything turn, and those that do not. */
  readonly ropes: { readonly all: RopeSettings; readonly near: RopeSettings };
}

/**
 * Gemma 2 and 3: embeddings times √width, norms before and behind attention and feed-forward whose weights
 * are above 1, and layers that see only the tokens just before by turns with others.
 */
export const gemmaClassifier = (config: ConfigReader, variant: GemmaVariant): ClassifierNetwork => {
  config.only('use_bidirectional_attention', false);
  const { headNorms, period, ropes } = variant;
  const layers = config.layers('num_hidden_layers');
  const width = config.count('hidden_size');
  const headWidth = config.count('head_dim', 256);
  const maxLength = config.count('max_position_embeddings');
  const sizes = { headWidth, maxLength };
  const types = layerTypes(config, layers);
  const slides = Array.from({ length: layers }, (_, i) =>
    types === undefined ? (i + 1) % period !== 0 : types[i] === 'sliding_attention',
  );
  const window = config.count('sliding_window', variant.window);
  const [rope, windowRope] = [ropes.all, ropes.near].map((settings) => readRope(settings, sizes)) as [
    Rope,
    Rope,
  ];
  const names = decoderNames(headNorms);
  const cap = config.raw('attn_logit_softcapping') ?? undefined;
  return causalClassifier(config, {
    layers,
    width,
    feedForwardWidth: config.count('intermediate_size'),
    heads: config.count('num_attention_heads'),
    keyValueHeads: config.count('num_key_value_heads'),
    headWidth,
    vocabularySize: config.count('vocab_size'),
    maxLength: rope.maxLength,
    epsilon: config.epsilon('rms_norm_eps', 1e-6),
    activation: readActivation(config, 'hidden_activation', 'gelu_pytorch_tanh'),
    biases: attentionBiases(config),
    embeddings: 'model.embed_tokens.weight',
    embeddingScale: Math.sqrt(width),
    norm: 'model.norm',
    normOffset: 1,
    head: 'lm_head',
    scoreScale: config.positive('query_pre_attn_scalar', 256) ** -0.5,
    scoreCap: cap === undefined ? undefined : config.positive('attn_logit_softcapping'),
    rope,
    windowRope,
    slides,
    window: window < rope.maxLength && slides.includes(true) ? { width: window, layers: slides } : undefined,
    names(i) {
      const layer = `model.layers.${i}`;
      return {
        ...names(i),
        attendedNorm: `${layer}.post_attention_layernorm`,
        feedForwardNorm: `${layer}.pre_feedforward_layernorm`,
        fedNorm: `${layer}.post_feedforward_layernorm`,
      };
    },
  });
};
