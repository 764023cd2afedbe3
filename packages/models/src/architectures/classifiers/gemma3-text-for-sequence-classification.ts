import { settingsOf } from '../../blocks/attention/rope-settings.js';
import { gemmaClassifier } from '../../blocks/decoder/gemma-classifier.js';
import type { ClassifierNetwork } from '../../contracts/network.js';
import { type ConfigReader, configReader } from '../../files/config-reader.js';

/**
 * Gemma 3, of texts, with a linear score of the last position; every sixth layer sees everything, and turns
 * otherwise than the rest. Source: Gemma3TextForSequenceClassification in transformers, given inputs_embeds.
 */
export const Gemma3TextForSequenceClassification = (config: ConfigReader): ClassifierNetwork => {
  const period = config.count('_sliding_window_pattern', config.count('sliding_window_pattern', 6));
  const all = ropeOf(config, 'full_attention', config.positive('rope_theta', 1_000_000), 'rope_scaling');
  const near = ropeOf(config, 'sliding_attention', config.positive('rope_local_base_freq', 10_000));
  return gemmaClassifier(config, { headNorms: true, period, window: 4096, ropes: { all, near } });
};

/**
 * rope_parameters by kind of layer, as transformers 5 writes it, or fields of their own; `scaling` is the
 * field that stretches it.
 */
const ropeOf = (config: ConfigReader, kind: string, theta: number, scaling?: string) => {
  const fieldsOf = (reader: ConfigReader, field: string) =>
    (reader.raw(field) ?? undefined) === undefined ? {} : reader.nested(field).fields();
  const byKind = fieldsOf(configReader(fieldsOf(config, 'rope_parameters'), config.file), kind);
  const stretched = scaling === undefined ? {} : fieldsOf(config, scaling);
  const fields = configReader(
    { rope_type: 'default', ...byKind, ...stretched },
    `${config.file}: rope: ${kind}`,
  );
  return settingsOf(config, fields, theta);
};
