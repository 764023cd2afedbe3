import { UnsupportedError } from '@entrgi/core';
import { paddingMask } from '../../blocks/attention/attention-mask.js';
import { disentangledAttention } from '../../blocks/attention/disentangled-attention.js';
import { bertLayerNames } from '../../blocks/encoder/bert-encoder.js';
import {
  checkHeads,
  type EncoderLayerNames,
  type EncoderShape,
  encoderLayers,
  encoderParameters,
  normParameters,
} from '../../blocks/encoder/encoder.js';
import { pooledHead, pooledHeadParameters } from '../../blocks/encoder/pooled-head.js';
import { readActivation } from '../../blocks/layers/activations.js';
import { readLabels } from '../../blocks/layers/labels.js';
import { layerNorm } from '../../blocks/layers/layer-norm.js';
import type { ClassifierNetwork } from '../../contracts/network.js';
import type { ConfigReader } from '../../files/config-reader.js';

const embeddings = 'deberta.embeddings.word_embeddings.weight';
const embeddingNorm = 'deberta.embeddings.LayerNorm';
const relativeTable = 'deberta.encoder.rel_embeddings.weight';
const relativeNorm = 'deberta.encoder.LayerNorm';

/**
 * DeBERTa v3 (and v2 without convolution) with a score of the pooled first position; it knows positions by
 * their distances only. Source: DebertaV2ForSequenceClassification in transformers, given inputs_embeds.
 */
export const DebertaV2ForSequenceClassification = (config: ConfigReader): ClassifierNetwork => {
  const labels = readLabels(config);
  const width = config.count('hidden_size');
  const heads = config.count('num_attention_heads');
  checkHeads(config, heads, width);
  refuseVariants(config, { width, headWidth: width / heads });
  const shape: EncoderShape = {
    layers: config.layers('num_hidden_layers'),
    width,
    feedForwardWidth: config.count('intermediate_size'),
    heads,
    epsilon: config.epsilon('layer_norm_eps', 1e-7),
    activation: readActivation(config, 'hidden_act', 'gelu'),
    names: (i) => layerNames(`deberta.encoder.layer.${i}`),
  };
  const vocabularySize = config.count('vocab_size');
  const maxLength = config.count('max_position_embeddings');
  const buckets = config.count('position_buckets');
  const unlimited = config.raw('max_relative_positions') === -1;
  const reach = unlimited ? maxLength : config.count('max_relative_positions', maxLength);
  const normalizesRelative = config.raw('norm_rel_ebd') === 'layer_norm';
  const head = {
    dense: 'pooler.dense',
    score: 'classifier',
    activation: readActivation(config, 'pooler_hidden_act', 'gelu'),
    width,
    labels: labels.length,
  };
  return {
    task: 'classifier',
    base: 'deberta',
    labels,
    layers: shape.layers,
    width,
    vocabularySize,
    maxLength,
    embeddings,
    parameters: new Map([
      [embeddings, [vocabularySize, width]],
      ...normParameters(embeddingNorm, width),
      [relativeTable, [2 * buckets, width]],
      ...(normalizesRelative ? normParameters(relativeNorm, width) : []),
      ...encoderParameters(shape),
      ...pooledHeadParameters(head),
    ]),

    scores(g, weights, { embeds, attention: present }) {
      const batch = g.Shape(embeds, { start: 0, end: 1 });
      const length = g.Shape(embeds, { start: 1, end: 2 });
      const norm = (name: string, x: typeof embeds) => layerNorm(g, weights, name, x, shape.epsilon);
      const table = weights.value(g, relativeTable);
      const attend = disentangledAttention(g, weights, {
        batch,
        length,
        heads,
        headWidth: width / heads,
        maxLength,
        buckets,
        reach,
        relative: normalizesRelative ? norm(relativeNorm, table) : table,
        mask: paddingMask(g, present, length),
      });
      const embedded = norm(embeddingNorm, g.Reshape(embeds, [-1, width]));
      const hidden = encoderLayers(g, weights, shape, attend, embedded);
      return pooledHead(g, weights, head, hidden, { batch, length });
    },
  };
};

const layerNames = (layer: string): EncoderLayerNames => ({
  ...bertLayerNames(layer),
  q: `${layer}.attention.self.query_proj`,
  k: `${layer}.attention.self.key_proj`,
  v: `${layer}.attention.self.value_proj`,
});

const refuseVariants = (config: ConfigReader, sizes: { width: number; headWidth: number }): void => {
  config.only('pooler_hidden_size', sizes.width);
  config.only('embedding_size', sizes.width);
  config.only('attention_head_size', sizes.headWidth);
  config.only('type_vocab_size', 0);
  config.only('conv_kernel_size', 0);
  config.only('norm_rel_ebd', 'layer_norm', 'none');
  // Where these are absent, transformers takes the opposite.
  const required = { relative_attention: true, share_att_key: true, position_biased_input: false };
  for (const [field, value] of Object.entries(required)) {
    if (config.flag(field, !value) === value) continue;
    throw new UnsupportedError(`${config.file}: ${field}: expected ${value}, got ${!value}.`, {
      value: !value,
      hint: 'This variant of the architecture is not supported.',
    });
  }
  const types: unknown = config.raw('pos_att_type');
  const both = (typeof types === 'string' ? types.split('|') : Array.isArray(types) ? types : []).map(String);
  if (both.sort().join() === 'c2p,p2c') return;
  throw new UnsupportedError(
    `${config.file}: pos_att_type: expected "p2c|c2p", got ${JSON.stringify(types) ?? 'nothing'}.`,
    { value: types, hint: 'This variant of the architecture is not supported.' },
  );
};
