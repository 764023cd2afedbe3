import { bidirectionalDecoder } from '../../blocks/decoder/bidirectional-decoder.js';
import { readDecoderShape } from '../../blocks/decoder/decoder-config.js';
import type { DenoiserNetwork } from '../../contracts/network.js';
import type { ConfigReader } from '../../files/config-reader.js';

/**
 * Dream 7B and its kin: Qwen2 (biases on q, k, v) whose attention looks both ways, trained so that the logits
 * for position l stand at l − 1. Source: Ye et al., "Dream 7B: Diffusion Large Language Models" (arXiv
 * 2508.15487) and the model's published code.
 */
export const DreamModel = (config: ConfigReader): DenoiserNetwork => {
  const shape = readDecoderShape(config, {
    headNorms: false,
    biases: ['q', 'k', 'v'],
    sliding: 'refused',
    partial: 'refused',
  });
  return bidirectionalDecoder(shape, {
    tied: config.flag('tie_word_embeddings', false) ? 'tie_word_embeddings' : undefined,
    shifted: true,
  });
};
