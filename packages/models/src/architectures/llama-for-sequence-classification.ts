import { causalClassifier } from '../blocks/causal-classifier.js';
import { attentionBiases, readDecoderShape } from '../blocks/decoder-config.js';
import type { ConfigReader } from '../config-reader.js';
import type { ClassifierNetwork } from '../network.js';

/**
 * Llama with a linear score of the last position, as in Skywork-Reward-V2-Llama; Llama 3's RoPE scaling included.
 * Source: LlamaForSequenceClassification in transformers, given inputs_embeds.
 */
export const LlamaForSequenceClassification = (config: ConfigReader): ClassifierNetwork => {
  config.only('mlp_bias', false);
  const shape = readDecoderShape(config, { headNorms: false, biases: attentionBiases(config) });
  return causalClassifier(config, shape);
};
