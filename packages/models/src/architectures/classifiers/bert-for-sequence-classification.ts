import { bertClassifier } from '../../blocks/encoder/bert-classifier.js';
import { readBertShape } from '../../blocks/encoder/bert-encoder.js';
import { tanh } from '../../blocks/layers/activations.js';
import { readLabels } from '../../blocks/layers/labels.js';
import type { ClassifierNetwork } from '../../contracts/network.js';
import type { ConfigReader } from '../../files/config-reader.js';

/**
 * BERT with a linear score of the pooled first position: [CLS] prompt [SEP] response [SEP], the response
 * being segment 1. Source: BertForSequenceClassification in transformers, given inputs_embeds.
 */
export const BertForSequenceClassification = (config: ConfigReader): ClassifierNetwork => {
  const labels = readLabels(config);
  const shape = readBertShape(config, { root: 'bert', firstPosition: 0 });
  const head = { dense: 'bert.pooler.dense', score: 'classifier', activation: tanh };
  return bertClassifier({ labels, shape, head });
};
