import { causalClassifier } from '../../blocks/decoder/causal-classifier.js';
import { attentionBiases, readDecoderShape } from '../../blocks/decoder/decoder-config.js';
import type { ClassifierNetwork } from '../../contracts/network.js';
import type { ConfigReader } from '../../files/config-reader.js';

/**
 * Qwen3 (norms on queries and keys) with a linear score of the last position, as in Skywork-Reward-V2.
 * Source: Qwen3ForSequenceClassification in transformers, given inputs_embeds.
 */
export const Qwen3ForSequenceClassification = (config: ConfigReader): ClassifierNetwork => {
  const biases = attentionBiases(config);
  return causalClassifier(
    config,
    readDecoderShape(config, { headNorms: true, biases, headWidth: 128, sliding: 'masked' }),
  );
};
