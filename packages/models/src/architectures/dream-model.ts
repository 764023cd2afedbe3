import { decoderParameters, readDecoderShape } from '../blocks/decoder-config.js';
import { decoderLayers } from '../blocks/decoder-layers.js';
import { linear } from '../blocks/linear.js';
import { rmsNorm } from '../blocks/rms-norm.js';
import type { ConfigReader } from '../config-reader.js';
import type { DenoiserNetwork } from '../network.js';

/**
 * Dream 7B and its kin: Qwen2 (biases on q, k, v) whose attention looks both ways, trained so that the logits for position l stand at l − 1.
 * Source: Ye et al., "Dream 7B: Diffusion Large Language Models" (arXiv 2508.15487) and the model's published code.
 */
export const DreamModel = (config: ConfigReader): DenoiserNetwork => {
  const shape = readDecoderShape(config, { headNorms: false, biases: ['q', 'k', 'v'] });
  const tied = config.flag('tie_word_embeddings', false);
  const head = 'lm_head.weight';
  const embeddings = 'model.embed_tokens.weight';
  return {
    task: 'denoiser',
    ...shape,
    embeddings,
    shifted: true,
    parameters: new Map([
      ...decoderParameters(shape),
      ...(tied ? [] : [[head, [shape.rows, shape.width]] as const]),
    ]),
    ignored: new Set(tied ? [head] : []),

    logits(g, weights, { ids, positions }) {
      const batch = g.Shape(ids, { start: 0, end: 1 });
      const length = g.Shape(ids, { start: 1, end: 2 });
      const rows = g.Gather(weights.value(g, embeddings), g.Reshape(ids, [-1]));
      const { rows: hidden } = decoderLayers(g, weights, shape, { rows, batch, length });
      const wanted = rmsNorm(g, weights, 'model.norm', g.Gather(hidden, positions), shape.epsilon);
      return tied
        ? g.Gemm(wanted, weights.value(g, embeddings), null, { transB: 1 })
        : linear(g, weights, 'lm_head', wanted);
    },
  };
};
