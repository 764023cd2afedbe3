import { paddingMask } from '../../blocks/attention/attention-mask.js';
import { bertEncoder, bertParameters, readBertShape } from '../../blocks/encoder/bert-encoder.js';
import { pooledHead, pooledHeadParameters } from '../../blocks/encoder/pooled-head.js';
import { gelu } from '../../blocks/layers/activations.js';
import { readLabels } from '../../blocks/layers/labels.js';
import type { ClassifierNetwork } from '../../contracts/network.js';
import type { ConfigReader } from '../../files/config-reader.js';

/**
 * ELECTRA's discriminator with a two-layer score of the first position; embeddings may be shorter than what
 * the layers pass on. Source: ElectraForSequenceClassification in transformers, given inputs_embeds.
 */
export const ElectraForSequenceClassification = (config: ConfigReader): ClassifierNetwork => {
  const labels = readLabels(config);
  const hidden = config.count('hidden_size');
  const embedded = config.count('embedding_size', 128);
  const narrow =
    embedded === hidden ? undefined : { width: embedded, projection: 'electra.embeddings_project' };
  const shape = readBertShape(config, { root: 'electra', firstPosition: 0, narrow });
  const names = { dense: 'classifier.dense', score: 'classifier.out_proj' };
  const head = { ...names, activation: gelu, width: hidden, labels: labels.length };
  return {
    task: 'classifier',
    base: 'electra',
    labels,
    ...shape,
    width: embedded,
    parameters: new Map([...bertParameters(shape), ...pooledHeadParameters(head)]),

    scores(g, weights, { embeds, attention, segments }) {
      const batch = g.Shape(embeds, { start: 0, end: 1 });
      const length = g.Shape(embeds, { start: 1, end: 2 });
      const mask = paddingMask(g, attention, length);
      const rows = bertEncoder(g, weights, shape, { embeds, segments, batch, length, mask });
      return pooledHead(g, weights, head, rows, { batch, length });
    },
  };
};
