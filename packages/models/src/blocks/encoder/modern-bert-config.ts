import { CheckpointError } from '@entrgi/core';
import { type ConfigReader, configReader } from '../../files/config-reader.js';
import { type Rope, readRope } from '../attention/rope.js';
import { type RopeSettings, settingsOf } from '../attention/rope-settings.js';
import { attentionKinds as kinds, layerTypes } from '../attention/sliding-window.js';
import { type Activation, readActivation } from '../layers/activations.js';
import { checkHeads } from './encoder.js';

/** The sizes of a ModernBERT, and which of its parts have a bias. */
export interface ModernBertShape {
  readonly layers: number;
  readonly width: number;
  readonly feedForwardWidth: number;
  readonly heads: number;
  readonly vocabularySize: number;
  readonly maxLength: number;
  readonly epsilon: number;
  /** For each layer: whether a token sees only its neighbors. */
  readonly local: readonly boolean[];
  /** How far a local layer sees to either side, in tokens. */
  readonly reach: number;
  readonly globalRope: Rope;
  readonly localRope: Rope;
  /** Of the feed-forward parts, and of the prediction head. */
  readonly activation: Activation;
  readonly headActivation: Activation;
  readonly biases: Readonly<Record<'norm' | 'attention' | 'feedForward' | 'head', boolean>>;
}

/**
 * Reads the sizes from config.json, as transformers 4 or 5 writes them, and refuses variants with other
 * maths.
 */
export const readModernBertShape = (config: ConfigReader): ModernBertShape => {
  const layers = config.layers('num_hidden_layers');
  const width = config.count('hidden_size');
  const heads = config.count('num_attention_heads');
  checkHeads(config, 2 * heads, width, {
    heads: 'twice num_attention_heads',
    width: 'hidden_size',
  });
  const maxLength = config.count('max_position_embeddings');
  const ropeOf = (kind: string, theta: number) =>
    readRope(readLayerRope(config, kind, theta), { headWidth: width / heads, maxLength });
  return {
    layers,
    width,
    heads,
    feedForwardWidth: config.count('intermediate_size'),
    vocabularySize: config.count('vocab_size'),
    maxLength,
    epsilon: config.epsilon('norm_eps', 1e-5),
    local: localLayers(config, layers),
    reach: Math.floor(config.count('local_attention', 128) / 2),
    globalRope: ropeOf('full_attention', config.positive('global_rope_theta', 160_000)),
    localRope: ropeOf('sliding_attention', config.positive('local_rope_theta', 10_000)),
    activation: readActivation(config, 'hidden_activation', 'gelu'),
    headActivation: readActivation(config, 'classifier_activation', 'gelu'),
    biases: {
      norm: config.flag('norm_bias', false),
      attention: config.flag('attention_bias', false),
      feedForward: config.flag('mlp_bias', false),
      head: config.flag('classifier_bias', false),
    },
  };
};

/** layer_types, as transformers 5 writes it; or every n-th layer is global, beginning with the first. */
const localLayers = (config: ConfigReader, layers: number): boolean[] => {
  const every = config.count('global_attn_every_n_layers', 3);
  const types = layerTypes(config, layers);
  return Array.from({ length: layers }, (_, i) =>
    types === undefined ? i % every !== 0 : types[i] === 'sliding_attention',
  );
};

/**
 * rope_parameters by kind of layer, as transformers 5 writes it, and over both rope_scaling; θ also in a
 * field of its own.
 */
const readLayerRope = (config: ConfigReader, kind: string, theta: number): RopeSettings => {
  const object = (reader: ConfigReader, field: string) =>
    (reader.raw(field) ?? undefined) === undefined ? {} : reader.nested(field).fields();
  const byKind = object(config, 'rope_parameters');
  const loose = Object.keys(byKind).filter((key) => !kinds.includes(key));
  if (loose.length > 0) {
    throw new CheckpointError(
      `${config.file}: rope_parameters: expected ${kinds.join(' and ')}, got ${loose.join(', ')}.`,
      { value: loose, hint: 'Each kind of layer has its own.' },
    );
  }
  const own = object(configReader(byKind, `${config.file}: rope_parameters`), kind);
  const scaling = object(config, 'rope_scaling');
  const fields = { rope_type: 'default', ...own, ...scaling };
  return settingsOf(config, configReader(fields, `${config.file}: rope_parameters: ${kind}`), theta);
};
