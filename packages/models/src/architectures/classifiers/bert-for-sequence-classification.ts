import { paddingMask } from '../../blocks/attention/attention-mask.js';
import { bertEncoder, bertParameters, readBertShape } from '../../blocks/encoder/bert-encoder.js';
import { pooledHead, pooledHeadParameters } from '../../blocks/encoder/pooled-head.js';
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
  const { width } = shape;
  const head = {
    dense: 'bert.pooler.dense',
    score: 'classifier',
    activation: tanh,
    width,
    labels: labels.length,
  };
  return {
    task: 'classifier',
    base: 'bert',
    labels,
    ...shape,
    parameters: new Map([...bertParameters(shape), ...pooledHeadParameters(head)]),

    scores(g, weights, { embeds, attention, segments }) {
      const batch = g.Shape(embeds, { start: 0, end: 1 });
      const length = g.Shape(embeds, { start: 1, end: 2 });
      const mask = paddingMask(g, attention, length);
      const hidden = bertEncoder(g, weights, shape, { embeds, segments, batch, length, mask });
      return pooledHead(g, weights, head, hidden, { batch, length });
    },
  };
};
