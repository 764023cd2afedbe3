import { causalClassifier } from '../../blocks/decoder/causal-classifier.js';
import { readDecoderShape } from '../../blocks/decoder/decoder-config.js';
import type { ClassifierNetwork } from '../../contracts/network.js';
import type { ConfigReader } from '../../files/config-reader.js';

/**
 * Mistral with a linear score of the last position; all of its layers see only the tokens just before, unless
 * the window is null. Source: MistralForSequenceClassification in transformers, given inputs_embeds.
 */
export const MistralForSequenceClassification = (config: ConfigReader): ClassifierNetwork => {
  const shape = readDecoderShape(config, { headNorms: false, biases: [] });
  const width = config.raw('sliding_window') === null ? undefined : config.count('sliding_window', 4096);
  if (width === undefined || width >= shape.maxLength) return causalClassifier(config, shape);
  const layers = new Array<boolean>(shape.layers).fill(true);
  return causalClassifier(config, { ...shape, window: { width, layers } });
};
