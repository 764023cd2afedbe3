import type { ConfigReader } from '../config-reader.js';
import type { DenoiserNetwork } from '../network.js';
import { type DecoderShape, decoderParameters } from './decoder-config.js';
import { decoderLayers } from './decoder-layers.js';
import { linear } from './linear.js';
import { rmsNorm } from './rms-norm.js';

/** A decoder whose attention looks both ways, with a head of its own or the embedding table as its head. */
export const bidirectionalDecoder = (
  config: ConfigReader,
  shape: DecoderShape,
  { shifted }: Pick<DenoiserNetwork, 'shifted'>,
): DenoiserNetwork => {
  const tied = config.flag('tie_word_embeddings', false);
  const head = 'lm_head.weight';
  const embeddings = 'model.embed_tokens.weight';
  return {
    task: 'denoiser',
    ...shape,
    embeddings,
    shifted,
    parameters: new Map([
      ...decoderParameters(shape),
      ...(tied ? [] : [[head, [shape.rows, shape.width]] as const]),
    ]),
    ignored: new Set(tied ? [head] : []),

    logits(g, weights, { ids, positions }) {
      const batch = g.Shape(ids, { start: 0, end: 1 });
      const length = g.Shape(ids, { start: 1, end: 2 });
      const rows = weights.rows(g, embeddings, g.Reshape(ids, [-1]));
      const { rows: hidden } = decoderLayers(g, weights, shape, { rows, batch, length });
      const wanted = rmsNorm(g, weights, 'model.norm', g.Gather(hidden, positions), shape.epsilon);
      return tied ? weights.product(g, embeddings, wanted, null) : linear(g, weights, 'lm_head', wanted);
    },
  };
};
