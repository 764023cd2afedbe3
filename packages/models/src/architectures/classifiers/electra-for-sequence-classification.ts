import { bertClassifier } from '../../blocks/encoder/bert-classifier.js';
import { readBertShape } from '../../blocks/encoder/bert-encoder.js';
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
  const head = { dense: 'classifier.dense', score: 'classifier.out_proj', activation: gelu };
  return bertClassifier({ labels, shape, head });
};
