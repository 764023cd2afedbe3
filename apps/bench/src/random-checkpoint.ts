import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

/** A reward or denoiser of some true shape with random weights. */
export interface Shape {
  readonly config: Readonly<Record<string, unknown>>;
  /** Tensor shapes by parameter name. */
  readonly tensors: Readonly<Record<string, readonly number[]>>;
}

/** Qwen3-0.6B as a sequence classifier: the shape of Skywork-Reward-V2-Qwen3-0.6B. */
export function skyworkShape({ layers = 28, vocabulary = 151_936 } = {}): Shape {
  const [hidden, intermediate, heads, keyValueHeads, headDim] = [1024, 3072, 16, 8, 128];
  const tensors: Record<string, readonly number[]> = {
    'model.embed_tokens.weight': [vocabulary, hidden],
    'model.norm.weight': [hidden],
    'score.weight': [1, hidden],
  };
  for (let layer = 0; layer < layers; layer++) {
    const prefix = `model.layers.${layer}.`;
    Object.assign(tensors, {
      [`${prefix}input_layernorm.weight`]: [hidden],
      [`${prefix}post_attention_layernorm.weight`]: [hidden],
      [`${prefix}self_attn.q_proj.weight`]: [heads * headDim, hidden],
      [`${prefix}self_attn.k_proj.weight`]: [keyValueHeads * headDim, hidden],
      [`${prefix}self_attn.v_proj.weight`]: [keyValueHeads * headDim, hidden],
      [`${prefix}self_attn.o_proj.weight`]: [hidden, heads * headDim],
      [`${prefix}self_attn.q_norm.weight`]: [headDim],
      [`${prefix}self_attn.k_norm.weight`]: [headDim],
      [`${prefix}mlp.gate_proj.weight`]: [intermediate, hidden],
      [`${prefix}mlp.up_proj.weight`]: [intermediate, hidden],
      [`${prefix}mlp.down_proj.weight`]: [hidden, intermediate],
    });
  }
  const config = {
    architectures: ['Qwen3ForSequenceClassification'],
    model_type: 'qwen3',
    hidden_size: hidden,
    intermediate_size: intermediate,
    num_hidden_layers: layers,
    num_attention_heads: heads,
    num_key_value_heads: keyValueHeads,
    head_dim: headDim,
    vocab_size: vocabulary,
    max_position_embeddings: 16_384,
    rms_norm_eps: 1e-6,
    rope_theta: 1_000_000,
    rope_scaling: null,
    hidden_act: 'silu',
    attention_bias: false,
    attention_dropout: 0,
    tie_word_embeddings: true,
    id2label: { 0: 'LABEL_0' },
    torch_dtype: 'float32',
  };
  return { config, tensors };
}

/**
 * Writes a float32 checkpoint in Hugging Face layout with weights uniform in ±√3 · 0.02 (norms: 1), unless it is there already.
 * The tokenizer files are copied from another checkpoint; rows beyond its tokens are padding rows.
 */
export function writeRandomCheckpoint(
  directory: string,
  { config, tensors }: Shape,
  tokenizerFrom: string,
): void {
  const target = join(directory, 'model.safetensors');
  if (existsSync(target)) return;
  mkdirSync(directory, { recursive: true });
  const header: Record<string, unknown> = {};
  let offset = 0;
  for (const [name, shape] of Object.entries(tensors)) {
    const bytes = 4 * shape.reduce((product, size) => product * size, 1);
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + bytes] };
    offset += bytes;
  }
  let json = JSON.stringify(header);
  json += ' '.repeat((8 - (json.length % 8)) % 8);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));

  const file = openSync(`${target}.partial`, 'w');
  writeSync(file, length);
  writeSync(file, json);
  // One block of noise, read from a moving start: random enough for timing, and quick for gigabytes.
  const noise = new Float32Array(1 << 20);
  let state = 1;
  for (let i = 0; i < noise.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    noise[i] = (state / 2 ** 31 - 1) * Math.sqrt(3) * 0.02;
  }
  const ones = new Float32Array(1 << 16).fill(1);
  let start = 0;
  for (const [name, shape] of Object.entries(tensors)) {
    const source = name.includes('norm') ? ones : noise;
    let left = shape.reduce((product, size) => product * size, 1);
    while (left > 0) {
      const begin = source === ones ? 0 : start;
      const count = Math.min(left, source.length - begin);
      writeSync(file, source.subarray(begin, begin + count));
      left -= count;
      start = (start + count + 12_345) % (noise.length >> 1);
    }
  }
  closeSync(file);
  writeFileSync(join(directory, 'config.json'), JSON.stringify(config, null, 2));
  for (const name of ['tokenizer.json', 'tokenizer_config.json'])
    copyFileSync(join(tokenizerFrom, name), join(directory, name));
  renameSync(`${target}.partial`, target);
}
