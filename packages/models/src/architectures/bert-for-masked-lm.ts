import { bertEncoder, bertParameters, readBertShape } from '../blocks/bert-encoder.js';
import { linearParameters, normParameters } from '../blocks/encoder.js';
import { layerNorm } from '../blocks/layer-norm.js';
import { linear } from '../blocks/linear.js';
import type { ConfigReader } from '../config-reader.js';
import type { DenoiserNetwork } from '../network.js';

const transform = 'cls.predictions.transform';

/**
 * BERT that fills in masks, its head being the embedding table with a bias; every token is of segment 0.
 * Source: BertForMaskedLM in transformers.
 */
export const BertForMaskedLM = (config: ConfigReader): DenoiserNetwork => {
  config.only('tie_word_embeddings', true);
  const shape = readBertShape(config, { root: 'bert', firstPosition: 0 });
  const { width, rows } = shape;
  const head = 'cls.predictions.bias';
  return {
    task: 'denoiser',
    ...shape,
    shifted: false,
    parameters: new Map([
      ...bertParameters(shape),
      ...linearParameters(`${transform}.dense`, width, width),
      ...normParameters(`${transform}.LayerNorm`, width),
      [head, [rows]],
    ]),
    ignored: new Set([
      'bert.embeddings.position_ids',
      'bert.pooler.dense.weight',
      'bert.pooler.dense.bias',
      'cls.predictions.decoder.weight',
      'cls.predictions.decoder.bias',
      'cls.seq_relationship.weight',
      'cls.seq_relationship.bias',
    ]),

    logits(g, weights, { ids, positions }) {
      const batch = g.Shape(ids, { start: 0, end: 1 });
      const length = g.Shape(ids, { start: 1, end: 2 });
      const hidden = bertEncoder(g, weights, shape, {
        embeds: weights.rows(g, shape.embeddings, ids),
        batch,
        length,
      });
      const inner = g.Gelu(linear(g, weights, `${transform}.dense`, g.Gather(hidden, positions)));
      const wanted = layerNorm(g, weights, `${transform}.LayerNorm`, inner, shape.epsilon);
      return weights.product(g, shape.embeddings, wanted, weights.value(g, head));
    },
  };
};
