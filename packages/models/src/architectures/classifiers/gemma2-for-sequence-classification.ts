import { readRopeSettings } from '../../blocks/attention/rope-settings.js';
import { gemmaClassifier } from '../../blocks/decoder/gemma-classifier.js';
import type { ClassifierNetwork } from '../../contracts/network.js';
import { type ConfigReader, configReader } from '../../files/config-reader.js';

/**
 * Gemma 2 with a linear score of the last position; every second layer sees everything. Source:
 * Gemma2ForSequenceClassification in transformers, given inputs_embeds.
 */
export const Gemma2ForSequenceClassification = (config: ConfigReader): ClassifierNetwork => {
  const capped = config.raw('attn_logit_softcapping') !== undefined;
  const fields = capped
    ? config
    : configReader({ ...config.fields(), attn_logit_softcapping: 50 }, config.file);
  const rope = readRopeSettings(config);
  return gemmaClassifier(fields, {
    headNorms: false,
    period: 2,
    window: 4096,
    ropes: { all: rope, near: rope },
  });
};
