import { CheckpointError } from '@entrgi/core';
import { attention } from '../blocks/attention.js';
import { paddingMask } from '../blocks/attention-mask.js';
import { firstLabel, labelCount } from '../blocks/labels.js';
import { layerNorm } from '../blocks/layer-norm.js';
import { linear } from '../blocks/linear.js';
import type { ConfigReader } from '../config-reader.js';
import type { ClassifierNetwork } from '../network.js';

/**
 * BERT with a linear score of the pooled first position: [CLS] prompt [SEP] response [SEP], the response being segment 1.
 * Source: BertForSequenceClassification in transformers, given inputs_embeds.
 */
export const BertForSequenceClassification = (config: ConfigReader): ClassifierNetwork => {
  config.only('hidden_act', 'gelu');
  config.only('position_embedding_type', 'absolute');
  const layers = config.layers('num_hidden_layers');
  const width = config.count('hidden_size');
  const heads = config.count('num_attention_heads');
  const inner = config.count('intermediate_size');
  const rows = config.count('vocab_size');
  const maxLength = config.count('max_position_embeddings');
  const segmentTypes = config.count('type_vocab_size', 2);
  const epsilon = config.positive('layer_norm_eps', 1e-12);
  if (width % heads !== 0) {
    throw new CheckpointError(
      `${config.file}: expected num_attention_heads (${heads}) to divide hidden_size (${width}).`,
      { value: heads },
    );
  }

  const withBias = (name: string, out: number, into: number): [string, number[]][] => [
    [`${name}.weight`, [out, into]],
    [`${name}.bias`, [out]],
  ];
  const norm = (name: string): [string, number[]][] => [
    [`${name}.weight`, [width]],
    [`${name}.bias`, [width]],
  ];
  const layerParameters = (layer: string) => [
    ...withBias(`${layer}.attention.self.query`, width, width),
    ...withBias(`${layer}.attention.self.key`, width, width),
    ...withBias(`${layer}.attention.self.value`, width, width),
    ...withBias(`${layer}.attention.output.dense`, width, width),
    ...norm(`${layer}.attention.output.LayerNorm`),
    ...withBias(`${layer}.intermediate.dense`, inner, width),
    ...withBias(`${layer}.output.dense`, width, inner),
    ...norm(`${layer}.output.LayerNorm`),
  ];
  const table = 'bert.embeddings.word_embeddings.weight';

  return {
    task: 'classifier',
    layers,
    width,
    rows,
    maxLength,
    embeddings: table,
    parameters: new Map<string, readonly number[]>([
      [table, [rows, width]],
      ['bert.embeddings.position_embeddings.weight', [maxLength, width]],
      ['bert.embeddings.token_type_embeddings.weight', [segmentTypes, width]],
      ...norm('bert.embeddings.LayerNorm'),
      ...Array.from({ length: layers }, (_, i) => layerParameters(`bert.encoder.layer.${i}`)).flat(),
      ...withBias('bert.pooler.dense', width, width),
      ...withBias('classifier', labelCount(config), width),
    ]),
    ignored: new Set(['bert.embeddings.position_ids']),

    rewards(g, weights, { embeds, attention: present, segments }) {
      const batch = g.Shape(embeds, { start: 0, end: 1 });
      const length = g.Shape(embeds, { start: 1, end: 2 });
      const attend = attention(g, weights, {
        batch,
        length,
        heads,
        keyValueHeads: heads,
        headWidth: width / heads,
        mask: paddingMask(g, present, length),
      });
      const normalised = (name: string, y: typeof embeds) => layerNorm(g, weights, name, y, epsilon);

      const positionTable = weights.value(g, 'bert.embeddings.position_embeddings.weight');
      const positions = g.Slice(positionTable, [0], length, [0]);
      // A model with one segment type calls everything by it.
      const segmentTable = weights.value(g, 'bert.embeddings.token_type_embeddings.weight');
      const types = g.Gather(
        segmentTable,
        segmentTypes > 1 ? segments : g.Mul(segments, g.scalar(0, 'int64')),
      );
      const embedded = g.Add(g.Add(embeds, positions), types);
      let x = normalised('bert.embeddings.LayerNorm', g.Reshape(embedded, [-1, width]));
      for (let i = 0; i < layers; i++) {
        const layer = `bert.encoder.layer.${i}`;
        const own = `${layer}.attention.self`;
        const { rows: attended } = attend(x, {
          q: `${own}.query`,
          k: `${own}.key`,
          v: `${own}.value`,
          o: `${layer}.attention.output.dense`,
        });
        x = normalised(`${layer}.attention.output.LayerNorm`, g.Add(x, attended));
        const inside = g.Gelu(linear(g, weights, `${layer}.intermediate.dense`, x));
        const outside = linear(g, weights, `${layer}.output.dense`, inside);
        x = normalised(`${layer}.output.LayerNorm`, g.Add(x, outside));
      }
      const sequences = g.Reshape(x, g.Concat([batch, length, g.int64s([width])], 0));
      const first = g.Gather(sequences, g.scalar(0, 'int64'), 1);
      const pooled = g.Tanh(linear(g, weights, 'bert.pooler.dense', first));
      return firstLabel(g, linear(g, weights, 'classifier', pooled));
    },
  };
};
