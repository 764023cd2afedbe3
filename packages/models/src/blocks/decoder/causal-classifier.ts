import type { ClassifierNetwork } from '../../contracts/network.js';
import type { ConfigReader } from '../../files/config-reader.js';
import { readLabels } from '../layers/labels.js';
import { linear } from '../layers/linear.js';
import { causalNetwork } from './causal-network.js';
import type { DecoderShape } from './decoder-config.js';
import { lastToken } from './last-token.js';

/**
 * A causal decoder with a linear score of the last token that is not the padding token of config.json,
 * wherever that stands in the text.
 */
export const causalClassifier = (config: ConfigReader, shape: DecoderShape): ClassifierNetwork => {
  const labels = readLabels(config);
  const paddingId = config.raw('pad_token_id');
  return causalNetwork(shape, {
    labels,
    parameters: [['score.weight', [labels.length, shape.width]]],
    prefix: { isScored: (id) => id !== paddingId },
    scores: (g, weights, { hidden, ...inputs }) =>
      linear(g, weights, 'score', hidden(lastToken(g, { ...inputs, paddingId }))),
  });
};
