import { bidirectionalDecoder } from '../../blocks/decoder/bidirectional-decoder.js';
import { readDecoderShape } from '../../blocks/decoder/decoder-config.js';
import type { DenoiserNetwork } from '../../contracts/network.js';
import type { ConfigReader } from '../../files/config-reader.js';

/**
 * Open-dCoder: Qwen2 that looks both ways, under Qwen2's own name, trained so that the logits for position l
 * stand at l − 1. One that is no diffusion model has no mask token, and is refused for that. Source: the
 * Open-dLLM project's published code.
 */
export const Qwen2ForCausalLM = (config: ConfigReader): DenoiserNetwork => {
  const shape = readDecoderShape(config, { headNorms: false, biases: ['q', 'k', 'v'], sliding: 'refused' });
  return bidirectionalDecoder(shape, {
    tied: config.flag('tie_word_embeddings', false) ? 'tie_word_embeddings' : undefined,
    shifted: true,
  });
};
