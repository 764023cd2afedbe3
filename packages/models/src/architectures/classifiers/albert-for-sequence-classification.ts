import { CheckpointError } from '@entrgi/core';
import { bertClassifier } from '../../blocks/encoder/bert-classifier.js';
import { readBertShape } from '../../blocks/encoder/bert-encoder.js';
import { readActivation, tanh } from '../../blocks/layers/activations.js';
import { readLabels } from '../../blocks/layers/labels.js';
import type { ClassifierNetwork } from '../../contracts/network.js';
import type { ConfigReader } from '../../files/config-reader.js';

/**
 * ALBERT with a linear score of the pooled first position: a BERT with short embeddings, whose layers share
 * their weights in groups. Source: AlbertForSequenceClassification in transformers, given inputs_embeds.
 */
export const AlbertForSequenceClassification = (config: ConfigReader): ClassifierNetwork => {
  const labels = readLabels(config);
  config.only('inner_group_num', 1);
  const groups = config.count('num_hidden_groups', 1);
  const embedded = config.count('embedding_size', 128);
  const narrow = { width: embedded, projection: 'albert.encoder.embedding_hidden_mapping_in' };
  const read = readBertShape(config, { root: 'albert', firstPosition: 0, narrow });
  if (groups > read.layers) {
    throw new CheckpointError(
      `${config.file}: num_hidden_groups: expected at most ${read.layers}, the number of layers, got ${groups}.`,
      { value: groups },
    );
  }
  const shape = {
    ...read,
    activation: readActivation(config, 'hidden_act', 'gelu_new'),
    names(layer: number) {
      const group = Math.floor(layer / (read.layers / groups));
      const own = `albert.encoder.albert_layer_groups.${group}.albert_layers.0`;
      return {
        q: `${own}.attention.query`,
        k: `${own}.attention.key`,
        v: `${own}.attention.value`,
        o: `${own}.attention.dense`,
        attentionNorm: `${own}.attention.LayerNorm`,
        inner: `${own}.ffn`,
        outer: `${own}.ffn_output`,
        outerNorm: `${own}.full_layer_layer_norm`,
      };
    },
  };
  const head = { dense: 'albert.pooler', score: 'classifier', activation: tanh };
  return bertClassifier({ labels, shape, head });
};
