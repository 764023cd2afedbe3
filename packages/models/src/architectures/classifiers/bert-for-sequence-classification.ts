import { paddingMask } from '../../blocks/attention/attention-mask.js';
import { bertEncoder, bertParameters, readBertShape } from '../../blocks/encoder/bert-encoder.js';
import { linearParameters } from '../../blocks/encoder/encoder.js';
import { firstPosition } from '../../blocks/layers/first-position.js';
import { readLabels } from '../../blocks/layers/labels.js';
import { linear } from '../../blocks/layers/linear.js';
import type { ClassifierNetwork } from '../../contracts/network.js';
import type { ConfigReader } from '../../files/config-reader.js';

/**
 * BERT with a linear score of the pooled first position: [CLS] prompt [SEP] response [SEP], the response being segment 1.
 * Source: BertForSequenceClassification in transformers, given inputs_embeds.
 */
export const BertForSequenceClassification = (config: ConfigReader): ClassifierNetwork => {
  const labels = readLabels(config);
  const shape = readBertShape(config, { root: 'bert', firstPosition: 0 });
  const { width } = shape;
  return {
    task: 'classifier',
    base: 'bert',
    labels,
    ...shape,
    parameters: new Map([
      ...bertParameters(shape),
      ...linearParameters('bert.pooler.dense', width, width),
      ...linearParameters('classifier', labels.length, width),
    ]),

    scores(g, weights, { embeds, attention, segments }) {
      const batch = g.Shape(embeds, { start: 0, end: 1 });
      const length = g.Shape(embeds, { start: 1, end: 2 });
      const mask = paddingMask(g, attention, length);
      const hidden = bertEncoder(g, weights, shape, { embeds, segments, batch, length, mask });
      const first = firstPosition(g, hidden, { batch, length, width });
      const pooled = g.Tanh(linear(g, weights, 'bert.pooler.dense', first));
      return linear(g, weights, 'classifier', pooled);
    },
  };
};
