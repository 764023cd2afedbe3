import { causalClassifier } from '../../blocks/decoder/causal-classifier.js';
import { readDecoderShape } from '../../blocks/decoder/decoder-config.js';
import type { ClassifierNetwork } from '../../contracts/network.js';
import type { ConfigReader } from '../../files/config-reader.js';

/**
 * Qwen2 (biases on q, k, v) with a linear score of the last position.
 * Source: Qwen2ForSequenceClassification in transformers, given inputs_embeds.
 */
export const Qwen2ForSequenceClassification = (config: ConfigReader): ClassifierNetwork =>
  causalClassifier(
    config,
    readDecoderShape(config, { headNorms: false, biases: ['q', 'k', 'v'], sliding: 'masked' }),
  );
