import { bidirectionalDecoder } from '../../blocks/decoder/bidirectional-decoder.js';
import { readDecoderShape } from '../../blocks/decoder/decoder-config.js';
import type { DenoiserNetwork } from '../../contracts/network.js';
import type { ConfigReader } from '../../files/config-reader.js';

/**
 * Fast-dLLM v2: Qwen2.5 whose tokens see their block and those before it, counted from the beginning of the
 * sequence. The logits for position l stand at l − 1; those for the first of a block were so computed with
 * the block before it. Source: Wu et al., "Fast-dLLM v2" (arXiv 2509.26328) and the model's published code.
 */
export const Fast_dLLM_QwenForCausalLM = (config: ConfigReader): DenoiserNetwork => {
  const shape = readDecoderShape(config, {
    headNorms: false,
    biases: ['q', 'k', 'v'],
    sliding: 'refused',
    partial: 'refused',
  });
  const tied = config.flag('tie_word_embeddings', false) ? 'tie_word_embeddings' : undefined;
  return {
    ...bidirectionalDecoder(shape, { tied, shifted: true }),
    maskToken: '|<MASK>|',
    blockAttention: { countedFrom: 'sequence', blockLength: config.count('bd_size', 32) },
  };
};
