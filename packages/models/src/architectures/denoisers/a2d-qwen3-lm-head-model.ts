import { bidirectionalDecoder } from '../../blocks/decoder/bidirectional-decoder.js';
import { attentionBiases, readDecoderShape } from '../../blocks/decoder/decoder-config.js';
import type { DenoiserNetwork } from '../../contracts/network.js';
import type { ConfigReader } from '../../files/config-reader.js';

/**
 * Qwen3 turned into a diffusion model: its attention looks both ways, and logits stand where their tokens
 * are. Source: the A2D models of the dllm toolkit; Qwen3ForCausalLM in transformers without its mask.
 */
export const A2DQwen3LMHeadModel = (config: ConfigReader): DenoiserNetwork => {
  const biases = attentionBiases(config);
  const shape = readDecoderShape(config, { headNorms: true, biases, headWidth: 128, sliding: 'refused' });
  const tied = config.flag('tie_word_embeddings', false) ? 'tie_word_embeddings' : undefined;
  // The toolkit's samplers ask so: what is written is the answer, without thoughts before it.
  const templateVariables = { enable_thinking: false };
  return {
    ...bidirectionalDecoder(shape, { tied, shifted: false }),
    templateVariables,
    // BD3LM under the same name: the toolkit pads prompts on the left, so that a block begins with the response.
    blockAttention: { countedFrom: 'response' },
  };
};
