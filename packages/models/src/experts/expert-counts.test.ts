import { CheckpointError } from '@entrgi/core';
import { describe, expect, it } from 'vitest';
import type { DenoiserNetwork } from '../contracts/network.js';
import { configReader } from '../files/config-reader.js';
import { readNetwork } from '../network/read-network.js';
import { checkedWeights } from '../weights/checked-weights.js';

const sizes = {
  ...{
    hidden_size: 32,
    num_hidden_layers: 3,
    num_attention_heads: 4,
    num_key_value_heads: 2,
    vocab_size: 16,
  },
  ...{ max_position_embeddings: 64, num_experts: 8, num_experts_per_tok: 2, tie_word_embeddings: false },
};
const llada2 = {
  ...{ ...sizes, architectures: ['LLaDA2MoeModelLM'], intermediate_size: 24, moe_intermediate_size: 12 },
  ...{ first_k_dense_replace: 1, n_group: 4, topk_group: 2, use_bias: false },
};
const lladaMoe = {
  ...{ ...sizes, architectures: ['LLaDAMoEModelLM'], dense_intermediate_size: 24 },
  ...{ expert_intermediate_size: 12, moe_layer_freq: [0, 1, 1] },
};
const networkOf = (fields: object) =>
  readNetwork({ config: configReader({ ...fields }, 'config.json') }) as DenoiserNetwork;

describe('numbers of experts', () => {
  it.each([
    [llada2, { num_experts_per_tok: 5 }, 'num_experts_per_tok: expected a whole number from 1 to 4'],
    [llada2, { topk_group: 5 }, 'topk_group: expected a whole number from 1 to 4 (n_group), got 5'],
    [llada2, { n_group: 3 }, 'expected n_group (3) to divide num_experts (8)'],
    // A group is as good as its two best.
    [llada2, { n_group: 8 }, 'n_group: expected a whole number from 1 to 4 (half of num_experts), got 8'],
    [lladaMoe, { num_experts_per_tok: 9 }, 'a whole number from 1 to 8 (num_experts), got 9'],
  ])('are refused where a token could not have its share: %#', (fields, change, message) => {
    expect(() => networkOf({ ...fields, ...change })).toThrow(CheckpointError);
    expect(() => networkOf({ ...fields, ...change })).toThrow(message);
  });

  it.each([
    [4, 8],
    [16, 8],
  ])('are refused where config.json has %d, and the weights %d', (said, there) => {
    const expected = networkOf({ ...llada2, num_experts: said, n_group: 2 });
    const stored = networkOf({ ...llada2, num_experts: there, n_group: 2 });
    const tensors = new Map(
      [...stored.parameters].map(([name, dims]) => [
        name,
        { type: 'float32' as const, dims, file: 'model.safetensors', offset: 0, length: 0 },
      ]),
    );
    const check = () => checkedWeights({ directory: 'a', tensors } as never, expected);
    expect(check).toThrow(CheckpointError);
    expect(check).toThrow(
      `model.layers.1.mlp.experts: expected ${said} experts, as config.json says, got ${there}; `,
    );
    // Of thousands of tensors some are named.
    expect(() =>
      checkedWeights(
        { directory: 'a', tensors } as never,
        networkOf({ ...llada2, moe_intermediate_size: 8 }),
      ),
    ).toThrow(/ and \d+ more\./);
  });
});
