import { causalClassifier } from '../../blocks/decoder/causal-classifier.js';
import { attentionBiases, readDecoderShape } from '../../blocks/decoder/decoder-config.js';
import type { ClassifierNetwork } from '../../contracts/network.js';
import type { ConfigReader } from '../../files/config-reader.js';

/**
 * Llama with a linear score of the last position, as in Skywork-Reward-V2-Llama; Llama 3's RoPE scaling
 * included. Source: LlamaForSequenceClassification in transformers, given inputs_embeds.
 */
export const LlamaForSequenceClassification = (config: ConfigReader): ClassifierNetwork => {
  config.only('mlp_bias', false);
  const shape = readDecoderShape(config, { headNorms: false, biases: attentionBiases(config) });
  return causalClassifier(config, shape);
};
