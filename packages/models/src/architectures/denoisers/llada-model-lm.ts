import { CheckpointError } from '@entrgi/core';
import { plainRope } from '../../blocks/attention/rope.js';
import { bidirectionalDecoder } from '../../blocks/decoder/bidirectional-decoder.js';
import type { DecoderShape } from '../../blocks/decoder/decoder-config.js';
import type { DenoiserNetwork } from '../../contracts/network.js';
import type { ConfigReader } from '../../files/config-reader.js';

/**
 * LLaDA 8B: Llama whose attention looks both ways, under OLMo's names; logits stand where their tokens are.
 * Source: Nie et al., "Large Language Diffusion Models" (arXiv 2502.09992) and the model's published code.
 */
export const LLaDAModelLM = (config: ConfigReader): DenoiserNetwork => {
  config.only('block_type', 'llama');
  config.only('activation_type', 'silu');
  config.only('layer_norm_type', 'rms');
  config.only('layer_norm_with_affine', true);
  config.only('rope', true);
  const mustBeOff = [
    'alibi',
    'attention_layer_norm',
    'bias_for_layer_norm',
    'include_bias',
    'input_emb_norm',
    'scale_logits',
  ];
  for (const field of mustBeOff) config.only(field, false);
  const layers = config.layers('n_layers');
  const width = config.count('d_model');
  const heads = config.count('n_heads');
  const keyValueHeads = config.flag('multi_query_attention', false) ? 1 : config.count('n_kv_heads', heads);
  const headWidth = width / heads;
  if (!Number.isInteger(headWidth / 2) || heads % keyValueHeads !== 0) {
    throw new CheckpointError(
      `${config.file}: expected n_kv_heads (${keyValueHeads}) to divide n_heads (${heads}), and twice that to divide d_model (${width}).`,
      { value: heads },
    );
  }
  const maxLength = config.count('max_sequence_length');
  const shape: DecoderShape = {
    layers,
    width,
    feedForwardWidth: config.count('mlp_hidden_size', config.count('mlp_ratio', 4) * width),
    heads,
    keyValueHeads,
    headWidth,
    vocabularySize: config.count('embedding_size', config.count('vocab_size')),
    maxLength,
    epsilon: config.epsilon('rms_norm_eps', 1e-5),
    rope: plainRope(config.positive('rope_theta', 10_000), { headWidth, maxLength }),
    activation: (g, x) => g.Mul(x, g.Sigmoid(x)),
    biases: config.flag('include_qkv_bias', false) ? ['q', 'k', 'v'] : [],
    embeddings: 'model.transformer.wte.weight',
    norm: 'model.transformer.ln_f',
    head: 'model.transformer.ff_out',
    names(i) {
      const layer = `model.transformer.blocks.${i}`;
      return {
        attentionNorm: `${layer}.attn_norm`,
        q: `${layer}.q_proj`,
        k: `${layer}.k_proj`,
        v: `${layer}.v_proj`,
        o: `${layer}.attn_out`,
        feedForwardNorm: `${layer}.ff_norm`,
        gate: `${layer}.ff_proj`,
        up: `${layer}.up_proj`,
        down: `${layer}.ff_out`,
      };
    },
  };
  return bidirectionalDecoder(shape, {
    tied: config.flag('weight_tying', true) ? 'weight_tying' : undefined,
    shifted: false,
  });
};
