import { bertClassifier } from '../../blocks/encoder/bert-classifier.js';
import { readBertShape } from '../../blocks/encoder/bert-encoder.js';
import { tanh } from '../../blocks/layers/activations.js';
import { readLabels } from '../../blocks/layers/labels.js';
import type { ClassifierNetwork } from '../../contracts/network.js';
import type { ConfigReader } from '../../files/config-reader.js';

/**
 * RoBERTa with a two-layer score of the first position: <s> prompt </s></s> response </s>. Its position table
 * begins behind the row of the padding token, so that the first token has position pad + 1; a padding token
 * inside a text has position pad and is not counted. Source: RobertaForSequenceClassification in
 * transformers, given input_ids; mixtures of tokens and what is not attended count as tokens.
 */
export const RobertaForSequenceClassification = (config: ConfigReader): ClassifierNetwork => {
  const labels = readLabels(config);
  const padding = config.tokenId('pad_token_id', config.count('vocab_size')) ?? 1;
  const shape = readBertShape(config, { root: 'roberta', firstPosition: padding + 1 });
  const head = { dense: 'classifier.dense', score: 'classifier.out_proj', activation: tanh };
  return bertClassifier({
    labels,
    shape,
    head,
    positions(g, { attention, ids }) {
      const isPadding = g.And(g.Equal(ids, g.scalar(padding, 'int64')), g.Cast(attention, 'bool'));
      const counted = g.Cast(g.Not(isPadding), 'int64');
      const order = g.Mul(g.CumSum(counted, g.scalar(1, 'int64')), counted);
      return g.Add(order, g.scalar(padding, 'int64'));
    },
  });
};
