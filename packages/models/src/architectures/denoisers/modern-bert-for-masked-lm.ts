import { readModernBertShape } from '../../blocks/encoder/modern-bert-config.js';
import {
  modernBertEmbeddings,
  modernBertEncoder,
  modernBertHead,
  modernBertParameters,
} from '../../blocks/encoder/modern-bert-encoder.js';
import type { DenoiserNetwork } from '../../contracts/network.js';
import type { ConfigReader } from '../../files/config-reader.js';

/**
 * ModernBERT that fills in masks, its head being the embedding table, or one of its own.
 * Source: ModernBertForMaskedLM in transformers.
 */
export const ModernBertForMaskedLM = (config: ConfigReader): DenoiserNetwork => {
  const shape = readModernBertShape(config);
  const biased = config.flag('decoder_bias', true);
  const bias = 'decoder.bias';
  const tied = config.flag('tie_word_embeddings', true);
  const head = tied ? modernBertEmbeddings : 'decoder.weight';
  return {
    task: 'denoiser',
    base: 'model',
    ...(tied ? { tied: { field: 'tie_word_embeddings', head: 'decoder.weight' } } : {}),
    ...shape,
    embeddings: modernBertEmbeddings,
    shifted: false,
    parameters: new Map([
      ...modernBertParameters(shape),
      [head, [shape.vocabularySize, shape.width]] as const,
      ...(biased ? [[bias, [shape.vocabularySize]] as const] : []),
    ]),

    logits(g, weights, { ids, positions }) {
      const batch = g.Shape(ids, { start: 0, end: 1 });
      const length = g.Shape(ids, { start: 1, end: 2 });
      const hidden = modernBertEncoder(g, weights, shape, {
        embeds: weights.rows(g, modernBertEmbeddings, ids),
        batch,
        length,
      });
      const wanted = modernBertHead(g, weights, shape, g.Gather(hidden, positions));
      return weights.product(g, head, wanted, biased ? weights.value(g, bias) : null);
    },
  };
};
