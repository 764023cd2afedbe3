import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the matrix products of a decoder checkpoint cost, in floating-point operations (a multiplication and an addition are two). */
export interface DecoderCost {
  /** Weights in all. */
  readonly weights: number;
  /** Layers forward over `tokens` of each of `batch` sequences, which see themselves and `past` tokens computed before. */
  forward(work: Tokens): number;
  /** The same with the gradient with respect to the embeddings (not to the weights, nor to the past). */
  forwardAndGradient(work: Tokens): number;
  /** Logits of `rows` positions. */
  logits(rows: number): number;
}

export interface Tokens {
  readonly batch: number;
  readonly tokens: number;
  readonly past?: number;
}

/** Counted from config.json of a Qwen2- or Qwen3-like checkpoint. */
export const decoderCost = (directory: string): DecoderCost => {
  const config = JSON.parse(readFileSync(join(directory, 'config.json'), 'utf8'));
  const { hidden_size: hidden, num_hidden_layers: layers, num_attention_heads: heads } = config;
  const headDim = config.head_dim ?? hidden / heads;
  const queries = heads * headDim;
  const keys = config.num_key_value_heads * headDim;
  const layer = hidden * (2 * queries + 2 * keys + 3 * config.intermediate_size);
  const table = config.vocab_size * hidden;
  const tied = config.tie_word_embeddings || config.model_type === 'qwen3';
  const linear = ({ batch, tokens }: Tokens) => 2 * layers * layer * batch * tokens;
  // Scores and mixed values: two products of queries × seen × headDim per head.
  const attention = ({ batch, tokens }: Tokens, seen: number) => 4 * layers * queries * batch * tokens * seen;
  return {
    weights: layers * layer + (tied ? 1 : 2) * table,
    forward: (work) => linear(work) + attention(work, work.tokens + (work.past ?? 0)),
    // A layer gives back dx: once more. Attention gives back four gradients of its own, but only two of what it saw of the past.
    forwardAndGradient: (work) =>
      2 * linear(work) + 3 * attention(work, work.tokens) + 2 * attention(work, work.past ?? 0),
    logits: (rows) => 2 * rows * table,
  };
};
