import type { GraphBuilder, Value } from '@entrgi/onnx';
import { linearParameters } from '../../blocks/encoder/encoder.js';
import { readModernBertShape } from '../../blocks/encoder/modern-bert-config.js';
import {
  modernBertEmbeddings,
  modernBertEncoder,
  modernBertHead,
  modernBertParameters,
} from '../../blocks/encoder/modern-bert-encoder.js';
import { firstPosition } from '../../blocks/layers/first-position.js';
import { readLabels } from '../../blocks/layers/labels.js';
import { linear } from '../../blocks/layers/linear.js';
import type { ClassifierNetwork } from '../../contracts/network.js';
import type { ConfigReader } from '../../files/config-reader.js';

/**
 * ModernBERT with a score of the first position or of the mean of all: [CLS] prompt [SEP] response [SEP].
 * Source: ModernBertForSequenceClassification in transformers, given inputs_embeds.
 */
export const ModernBertForSequenceClassification = (config: ConfigReader): ClassifierNetwork => {
  const labels = readLabels(config);
  config.only('classifier_pooling', 'cls', 'mean');
  const shape = readModernBertShape(config);
  const { width } = shape;
  return {
    task: 'classifier',
    base: 'model',
    labels,
    ...shape,
    embeddings: modernBertEmbeddings,
    parameters: new Map([
      ...modernBertParameters(shape),
      ...linearParameters('classifier', labels.length, width),
    ]),

    scores(g, weights, { embeds, attention: present }) {
      const batch = g.Shape(embeds, { start: 0, end: 1 });
      const length = g.Shape(embeds, { start: 1, end: 2 });
      const hidden = modernBertEncoder(g, weights, shape, { embeds, batch, length, present });
      const pooled =
        config.raw('classifier_pooling') === 'mean'
          ? mean(g, g.Reshape(hidden, g.Shape(embeds)), present)
          : firstPosition(g, hidden, { batch, length, width });
      return linear(g, weights, 'classifier', modernBertHead(g, weights, shape, pooled));
    },
  };
};

/** The mean over the positions that count of x [batch, length, width], [batch, width]. */
const mean = (g: GraphBuilder, x: Value, present: Value): Value => {
  const counted = g.Unsqueeze(g.Cast(present, 'float32'), [2]);
  return g.Div(g.ReduceSum(g.Mul(x, counted), [1], 0), g.ReduceSum(counted, [1], 0));
};
