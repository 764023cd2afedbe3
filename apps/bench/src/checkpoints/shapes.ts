/** A reward or denoiser of some true shape, to be filled with random weights. */
export interface Shape {
  readonly config: Readonly<Record<string, unknown>>;
  /** Tensor shapes by parameter name. */
  readonly tensors: Readonly<Record<string, readonly number[]>>;
  /** How the weights are stored. Default: F32. */
  readonly storage?: 'F32' | 'BF16';
  /** Standard deviation by parameter name, where not 0.02. */
  readonly deviations?: Readonly<Record<string, number>>;
  /** Share of a tensor that is not zero, its first rows. Default: all. */
  readonly filled?: (name: string) => number;
}

interface Decoder {
  readonly layers: number;
  readonly hidden: number;
  readonly intermediate: number;
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headDim: number;
  readonly vocabulary: number;
}

const QWEN3_06B = { hidden: 1024, intermediate: 3072, heads: 16, keyValueHeads: 8, headDim: 128 };

/** Of the embedded tokenizer. */
const SPECIAL_TOKENS = { bos_token_id: 2044, eos_token_id: 2044, pad_token_id: 2044, mask_token_id: 2047 };

/** Qwen3-0.6B as a sequence classifier: the shape of Skywork-Reward-V2-Qwen3-0.6B. */
export const skyworkShape = ({ layers = 28, vocabulary = 151_936 } = {}): Shape =>
  rewardShape({ ...QWEN3_06B, layers, vocabulary });

/** Qwen3-0.6B turned into a denoiser whose attention looks both ways: the embedding table is its head. */
export const a2dShape = ({ layers = 28, vocabulary = 151_936 } = {}): Shape => {
  const decoder = { ...QWEN3_06B, layers, vocabulary };
  return {
    config: {
      architectures: ['A2DQwen3LMHeadModel'],
      model_type: 'a2d-qwen3',
      ...decoderConfig(decoder),
      head_dim: decoder.headDim,
      max_position_embeddings: 40_960,
      tie_word_embeddings: true,
      attention_bias: false,
      ...SPECIAL_TOKENS,
      torch_dtype: 'float32',
    },
    tensors: decoderTensors(decoder, { biases: false, headNorms: true }),
  };
};

/** An embedding table as wide as the 0.6B reward's with next to no network behind it: what it costs is the vocabulary. */
export const tableShape = ({ vocabulary = 151_936 } = {}): Shape =>
  rewardShape({
    layers: 1,
    hidden: 1024,
    intermediate: 64,
    heads: 1,
    keyValueHeads: 1,
    headDim: 64,
    vocabulary,
  });

/** Dream-7B: Qwen2 with biases on q, k and v and a head of its own. Stored as bfloat16, as published: 15 GB. */
export const dreamShape = ({ layers = 28, vocabulary = 152_064 } = {}): Shape => {
  const decoder = {
    layers,
    hidden: 3584,
    intermediate: 18_944,
    heads: 28,
    keyValueHeads: 4,
    headDim: 128,
    vocabulary,
  };
  return {
    config: {
      architectures: ['DreamModel'],
      model_type: 'Dream',
      ...decoderConfig(decoder),
      max_position_embeddings: 131_072,
      tie_word_embeddings: false,
      ...SPECIAL_TOKENS,
      torch_dtype: 'bfloat16',
    },
    tensors: {
      ...decoderTensors(decoder, { biases: true, headNorms: false }),
      'lm_head.weight': [vocabulary, decoder.hidden],
    },
    storage: 'BF16',
    // Normal logits of standard deviation 7: at temperature 0.7 about a thousand tokens hold all but a millionth of the probability.
    deviations: { 'lm_head.weight': 7 / Math.sqrt(decoder.hidden) },
  };
};

/** SDAR-1.7B: Qwen3-1.7B in blocks of 4, its embedding table being its head. */
export const sdarShape = ({ layers = 28, vocabulary = 151_936 } = {}): Shape => {
  const sizes = { hidden: 2048, intermediate: 6144, heads: 16, keyValueHeads: 8, headDim: 128 };
  const decoder = { ...sizes, layers, vocabulary };
  return {
    config: {
      architectures: ['SDARForCausalLM'],
      model_type: 'sdar',
      block_size: 4,
      ...decoderConfig(decoder),
      head_dim: decoder.headDim,
      max_position_embeddings: 32_768,
      tie_word_embeddings: true,
      attention_bias: false,
      ...SPECIAL_TOKENS,
      torch_dtype: 'bfloat16',
    },
    tensors: decoderTensors(decoder, { biases: false, headNorms: true }),
    storage: 'BF16',
    // As peaked as Dream's: flat logits would make the vocabulary, and not the networks, what takes long.
    deviations: { 'model.embed_tokens.weight': 7 / Math.sqrt(decoder.hidden) },
  };
};

/**
 * LLaDA2-mini, 16B: 20 layers, of which all but the first are 256 experts with a shared one. Stored as bfloat16, 32 GB with all layers.
 * Three quarters of each expert's rows are zero, so that a disk has room for it: no product takes less time for that.
 */
export const llada2MiniShape = ({ layers = 20, vocabulary = 157_184, experts = 256 } = {}): Shape => {
  const [hidden, heads, keyValueHeads, headDim, inner, expert] = [2048, 16, 4, 128, 5120, 512];
  const tensors: Record<string, readonly number[]> = {
    'model.word_embeddings.weight': [vocabulary, hidden],
    'model.norm.weight': [hidden],
    'lm_head.weight': [vocabulary, hidden],
  };
  const feed = (name: string, width: number) => {
    tensors[`${name}.gate_proj.weight`] = [width, hidden];
    tensors[`${name}.up_proj.weight`] = [width, hidden];
    tensors[`${name}.down_proj.weight`] = [hidden, width];
  };
  for (let i = 0; i < layers; i++) {
    const layer = `model.layers.${i}`;
    tensors[`${layer}.input_layernorm.weight`] = [hidden];
    tensors[`${layer}.post_attention_layernorm.weight`] = [hidden];
    tensors[`${layer}.attention.query_key_value.weight`] = [(heads + 2 * keyValueHeads) * headDim, hidden];
    tensors[`${layer}.attention.dense.weight`] = [hidden, heads * headDim];
    for (const norm of ['query', 'key']) tensors[`${layer}.attention.${norm}_layernorm.weight`] = [headDim];
    if (i === 0) feed(`${layer}.mlp`, inner);
    else {
      tensors[`${layer}.mlp.gate.weight`] = [experts, hidden];
      tensors[`${layer}.mlp.gate.expert_bias`] = [experts];
      feed(`${layer}.mlp.shared_experts`, expert);
      for (let e = 0; e < experts; e++) feed(`${layer}.mlp.experts.${e}`, expert);
    }
  }
  return {
    config: {
      architectures: ['LLaDA2MoeModelLM'],
      model_type: 'llada2_moe',
      hidden_size: hidden,
      intermediate_size: inner,
      moe_intermediate_size: expert,
      num_hidden_layers: layers,
      num_attention_heads: heads,
      num_key_value_heads: keyValueHeads,
      head_dim: headDim,
      vocab_size: vocabulary,
      max_position_embeddings: 32_768,
      num_experts: experts,
      num_experts_per_tok: 8,
      num_shared_experts: 1,
      first_k_dense_replace: 1,
      n_group: 8,
      topk_group: 4,
      routed_scaling_factor: 2.5,
      partial_rotary_factor: 0.5,
      rope_theta: 600_000,
      rms_norm_eps: 1e-6,
      hidden_act: 'silu',
      use_qk_norm: true,
      use_bias: false,
      tie_word_embeddings: false,
      ...SPECIAL_TOKENS,
      torch_dtype: 'bfloat16',
    },
    tensors,
    storage: 'BF16',
    filled: (name) => (name.includes('.mlp.experts.') ? 1 / 4 : 1),
  };
};

const rewardShape = (decoder: Decoder): Shape => ({
  config: {
    architectures: ['Qwen3ForSequenceClassification'],
    model_type: 'qwen3',
    ...decoderConfig(decoder),
    head_dim: decoder.headDim,
    max_position_embeddings: 16_384,
    tie_word_embeddings: true,
    attention_bias: false,
    id2label: { 0: 'LABEL_0' },
    pad_token_id: 2044,
    torch_dtype: 'float32',
  },
  tensors: {
    ...decoderTensors(decoder, { biases: false, headNorms: true }),
    'score.weight': [1, decoder.hidden],
  },
});

const decoderConfig = (decoder: Decoder) => ({
  hidden_size: decoder.hidden,
  intermediate_size: decoder.intermediate,
  num_hidden_layers: decoder.layers,
  num_attention_heads: decoder.heads,
  num_key_value_heads: decoder.keyValueHeads,
  vocab_size: decoder.vocabulary,
  rms_norm_eps: 1e-6,
  rope_theta: 1_000_000,
  rope_scaling: null,
  hidden_act: 'silu',
  attention_dropout: 0,
  use_sliding_window: false,
});

const decoderTensors = (
  { layers, hidden, intermediate, heads, keyValueHeads, headDim, vocabulary }: Decoder,
  { biases, headNorms }: { readonly biases: boolean; readonly headNorms: boolean },
): Record<string, readonly number[]> => {
  const queries = heads * headDim;
  const keys = keyValueHeads * headDim;
  const layer: Record<string, readonly number[]> = {
    'input_layernorm.weight': [hidden],
    'post_attention_layernorm.weight': [hidden],
    'self_attn.q_proj.weight': [queries, hidden],
    'self_attn.k_proj.weight': [keys, hidden],
    'self_attn.v_proj.weight': [keys, hidden],
    'self_attn.o_proj.weight': [hidden, queries],
    ...(biases
      ? {
          'self_attn.q_proj.bias': [queries],
          'self_attn.k_proj.bias': [keys],
          'self_attn.v_proj.bias': [keys],
        }
      : {}),
    ...(headNorms ? { 'self_attn.q_norm.weight': [headDim], 'self_attn.k_norm.weight': [headDim] } : {}),
    'mlp.gate_proj.weight': [intermediate, hidden],
    'mlp.up_proj.weight': [intermediate, hidden],
    'mlp.down_proj.weight': [hidden, intermediate],
  };
  return {
    'model.embed_tokens.weight': [vocabulary, hidden],
    'model.norm.weight': [hidden],
    ...Object.fromEntries(
      Array.from({ length: layers }, (_, i) =>
        Object.entries(layer).map(([name, dims]) => [`model.layers.${i}.${name}`, dims] as const),
      ).flat(),
    ),
  };
};
