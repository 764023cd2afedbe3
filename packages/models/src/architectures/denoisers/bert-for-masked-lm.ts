import { bertEncoder, bertParameters, readBertShape } from '../../blocks/encoder/bert-encoder.js';
import { linearParameters, normParameters } from '../../blocks/encoder/encoder.js';
import { layerNorm } from '../../blocks/layers/layer-norm.js';
import { linear } from '../../blocks/layers/linear.js';
import type { DenoiserNetwork } from '../../contracts/network.js';
import type { ConfigReader } from '../../files/config-reader.js';

const transform = 'cls.predictions.transform';

/**
 * BERT that fills in masks, its head being the embedding table (or one of its own) with a bias; every token
 * is of segment 0. Source: BertForMaskedLM in transformers.
 */
export const BertForMaskedLM = (config: ConfigReader): DenoiserNetwork => {
  const shape = readBertShape(config, { root: 'bert', firstPosition: 0 });
  const { width, vocabularySize } = shape;
  const decoder = 'cls.predictions.decoder';
  const tied = config.flag('tie_word_embeddings', true);
  const bias = 'cls.predictions.bias';
  const head = tied ? shape.embeddings : `${decoder}.weight`;
  return {
    task: 'denoiser',
    base: 'bert',
    replaced: new Map([[bias, `${decoder}.bias`]]),
    ...(tied ? { tied: { field: 'tie_word_embeddings', head: `${decoder}.weight` } } : {}),
    ...shape,
    shifted: false,
    parameters: new Map([
      ...bertParameters(shape),
      ...linearParameters(`${transform}.dense`, width, width),
      ...normParameters(`${transform}.LayerNorm`, width),
      [head, [vocabularySize, width]],
      [bias, [vocabularySize]],
    ]),

    logits(g, weights, { ids, positions }) {
      const batch = g.Shape(ids, { start: 0, end: 1 });
      const length = g.Shape(ids, { start: 1, end: 2 });
      const hidden = bertEncoder(g, weights, shape, {
        embeds: weights.rows(g, shape.embeddings, ids),
        batch,
        length,
      });
      const inner = shape.activation(
        g,
        linear(g, weights, `${transform}.dense`, g.Gather(hidden, positions)),
      );
      const wanted = layerNorm(g, weights, `${transform}.LayerNorm`, inner, shape.epsilon);
      return weights.product(g, head, wanted, weights.value(g, bias));
    },
  };
};
