import { CheckpointError } from '@entrgi/core';
import type { ConfigReader } from '../config-reader.js';
import { checkHeads } from './encoder.js';

/** The sizes of a ModernBERT, and which of its parts have a bias. */
export interface ModernBertShape {
  readonly layers: number;
  readonly width: number;
  readonly feedForwardWidth: number;
  readonly heads: number;
  readonly rows: number;
  readonly maxLength: number;
  readonly epsilon: number;
  /** For each layer: whether a token sees only its neighbours. */
  readonly local: readonly boolean[];
  /** How far a local layer sees to either side, in tokens. */
  readonly reach: number;
  readonly globalTheta: number;
  readonly localTheta: number;
  readonly biases: Readonly<Record<'norm' | 'attention' | 'feedForward' | 'head', boolean>>;
}

/** Reads the sizes from config.json, as transformers 4 or 5 writes them, and refuses variants with other maths. */
export const readModernBertShape = (config: ConfigReader): ModernBertShape => {
  config.only('hidden_activation', 'gelu');
  config.only('classifier_activation', 'gelu');
  config.only('rope_scaling');
  const layers = config.layers('num_hidden_layers');
  const width = config.count('hidden_size');
  const heads = config.count('num_attention_heads');
  checkHeads(config, 2 * heads, width, {
    heads: 'twice num_attention_heads',
    width: 'hidden_size',
  });
  return {
    layers,
    width,
    heads,
    feedForwardWidth: config.count('intermediate_size'),
    rows: config.count('vocab_size'),
    maxLength: config.count('max_position_embeddings'),
    epsilon: config.positive('norm_eps', 1e-5),
    local: localLayers(config, layers),
    reach: Math.floor(config.count('local_attention', 128) / 2),
    globalTheta: theta(config, 'full_attention', 'global_rope_theta', 160_000),
    localTheta: theta(config, 'sliding_attention', 'local_rope_theta', 10_000),
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
  const types = config.raw('layer_types') ?? undefined;
  if (types === undefined) {
    const every = config.count('global_attn_every_n_layers', 3);
    return Array.from({ length: layers }, (_, i) => i % every !== 0);
  }
  const known = ['full_attention', 'sliding_attention'];
  if (!Array.isArray(types) || types.length !== layers || !types.every((type) => known.includes(type))) {
    throw new CheckpointError(
      `${config.file}: layer_types: expected ${layers} times one of ${known.join(', ')}, got ${JSON.stringify(types)}.`,
      { value: types },
    );
  }
  return types.map((type) => type === 'sliding_attention');
};

/** rope_parameters by kind of layer, as transformers 5 writes it; or a field of its own. */
const theta = (config: ConfigReader, kind: string, field: string, fallback: number): number => {
  if ((config.raw('rope_parameters') ?? undefined) === undefined) return config.positive(field, fallback);
  const parameters = config.nested('rope_parameters').nested(kind);
  parameters.only('rope_type', 'default');
  return parameters.positive('rope_theta');
};
