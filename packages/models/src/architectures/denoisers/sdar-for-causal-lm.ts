import { bidirectionalDecoder } from '../../blocks/decoder/bidirectional-decoder.js';
import { attentionBiases, readDecoderShape } from '../../blocks/decoder/decoder-config.js';
import type { DenoiserNetwork } from '../../contracts/network.js';
import type { ConfigReader } from '../../files/config-reader.js';

/**
 * SDAR: Qwen3 whose tokens see their block and those before it, counted from the beginning of the sequence;
 * logits stand where their tokens are. Source: Cheng et al., "SDAR: A Synergistic Diffusion-AutoRegression
 * Paradigm" (arXiv 2510.06303) and the model's published code.
 */
export const SDARForCausalLM = (config: ConfigReader): DenoiserNetwork => {
  const biases = attentionBiases(config);
  const shape = readDecoderShape(config, {
    headNorms: true,
    biases,
    headWidth: 128,
    sliding: 'refused',
    partial: 'refused',
  });
  const tied = config.flag('tie_word_embeddings', false) ? 'tie_word_embeddings' : undefined;
  return {
    ...bidirectionalDecoder(shape, { tied, shifted: false }),
    // Those with longer blocks than the usual say so in their names only: then the option does.
    blockAttention: { countedFrom: 'sequence', blockLength: config.count('block_size', 4) },
  };
};
