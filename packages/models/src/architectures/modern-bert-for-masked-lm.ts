import { readModernBertShape } from '../blocks/modern-bert-config.js';
import {
  modernBertEmbeddings,
  modernBertEncoder,
  modernBertHead,
  modernBertParameters,
} from '../blocks/modern-bert-encoder.js';
import type { ConfigReader } from '../config-reader.js';
import type { DenoiserNetwork } from '../network.js';

/**
 * ModernBERT that fills in masks, its head being the embedding table.
 * Source: ModernBertForMaskedLM in transformers.
 */
export const ModernBertForMaskedLM = (config: ConfigReader): DenoiserNetwork => {
  config.only('tie_word_embeddings', true);
  const shape = readModernBertShape(config);
  const biased = config.flag('decoder_bias', true);
  const bias = 'decoder.bias';
  return {
    task: 'denoiser',
    ...shape,
    embeddings: modernBertEmbeddings,
    shifted: false,
    parameters: new Map([...modernBertParameters(shape), ...(biased ? [[bias, [shape.rows]] as const] : [])]),
    ignored: new Set(['decoder.weight']),

    logits(g, weights, { ids, positions }) {
      const batch = g.Shape(ids, { start: 0, end: 1 });
      const length = g.Shape(ids, { start: 1, end: 2 });
      const hidden = modernBertEncoder(g, weights, shape, {
        embeds: weights.rows(g, modernBertEmbeddings, ids),
        batch,
        length,
      });
      const wanted = modernBertHead(g, weights, shape, g.Gather(hidden, positions));
      return weights.product(g, modernBertEmbeddings, wanted, biased ? weights.value(g, bias) : null);
    },
  };
};
