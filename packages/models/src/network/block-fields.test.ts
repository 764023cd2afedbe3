import { readFile } from 'node:fs/promises';
import { CheckpointError, UnsupportedError } from '@entrgi/core';
import { describe, expect, it } from 'vitest';
import { configReader } from '../files/config-reader.js';
import { readNetwork } from './read-network.js';

type Fields = Readonly<Record<string, unknown>>;
const cases: { readonly name: string; readonly config: Fields }[] = JSON.parse(
  await readFile(new URL('../../fixtures/block-causal.json', import.meta.url), 'utf8'),
);
const networkOf = (name: string, change: Fields) => {
  const { config } = cases.find((each) => each.name === name)!;
  return readNetwork({ config: configReader({ ...config, ...change }, 'config.json') });
};

describe('fields of config.json that change what a block model computes', () => {
  it.each<[string, Fields, string]>([
    ['LLaDAMoEModelLM', { clip_qkv: 8 }, 'clip_qkv: expected nothing, got 8'],
    ['LLaDAMoEModelLM', { moe_router_enable_expert_bias: true }, 'expert_bias: expected false, got true'],
    ['LLaDAMoEModelLM', { moe_router_score_function: 'sigmoid' }, 'expected "softmax", got "sigmoid"'],
    ['LLaDAMoEModelLM', { routed_scaling_factor: 2.5 }, 'routed_scaling_factor: expected 1, got 2.5'],
    ['LLaDAMoEModelLM', { partial_rotary_factor: 0.5 }, 'partial_rotary_factor: expected 1, got 0.5'],
    ['LLaDA2MoeModelLM', { use_qkv_bias: true }, 'use_qkv_bias: expected false, got true'],
    ['LLaDA2MoeModelLM', { norm_head: true }, 'norm_head: expected false, got true'],
    ['LLaDA2MoeModelLM', { use_sliding_window: true }, 'use_sliding_window: expected false, got true'],
    [
      'LLaDA2MoeModelLM',
      { rope_scaling: { rope_type: 'yarn', factor: 4 } },
      'rope_scaling: rope_type: expected "default", got "yarn"',
    ],
    [
      'LLaDA2MoeModelLM',
      { rope_parameters: { rope_type: 'linear', factor: 2 } },
      'rope_parameters: rope_type: expected "default", got "linear"',
    ],
    ['SDARForCausalLM', { partial_rotary_factor: 0.5 }, 'partial_rotary_factor: expected 1, got 0.5'],
    ['Fast_dLLM_QwenForCausalLM', { partial_rotary_factor: 0.5 }, 'factor: expected 1, got 0.5'],
    [
      'Fast_dLLM_QwenForCausalLM',
      { use_sliding_window: true, sliding_window: 8, max_window_layers: 0 },
      'sliding_window: expected none where tokens see both ways, got 8',
    ],
  ])('are refused where they are not implemented: %s %j', (name, change, message) => {
    expect(() => networkOf(name, change)).toThrow(UnsupportedError);
    expect(() => networkOf(name, change)).toThrow(message);
  });

  it.each<[string, Fields, string]>([
    ['LLaDAMoEModelLM', { moe_layer_freq: 1 }, 'a number for each of 2 layers, got 1'],
    ['LLaDAMoEModelLM', { moe_layer_freq: undefined }, 'a number for each of 2 layers, got nothing'],
    ['LLaDAMoEModelLM', { moe_layer_freq: [1] }, 'a number for each of 2 layers, got [1]'],
    ['LLaDAMoEModelLM', { moe_layer_freq: [false, true] }, 'got [false,true]'],
    // Heads of 8 of which three numbers turn, or none.
    ['LLaDA2MoeModelLM', { partial_rotary_factor: 0.4 }, 'expected an even part of 8, the width of a head'],
    ['LLaDA2MoeModelLM', { partial_rotary_factor: 0.1 }, 'got 0.1'],
    ['LLaDA2MoeModelLM', { partial_rotary_factor: 2 }, 'got 2'],
  ])('are refused where they make no network: %s %j', (name, change, message) => {
    expect(() => networkOf(name, change)).toThrow(CheckpointError);
    expect(() => networkOf(name, change)).toThrow(message);
  });

  it('are what the class of the config has where config.json leaves them out', () => {
    const absent = { use_bias: undefined, n_group: undefined, topk_group: undefined, num_experts: 16 };
    expect([...networkOf('LLaDA2MoeModelLM', absent).parameters.keys()]).toContain(
      'model.layers.0.attention.dense.bias',
    );
    // Eight groups of which four may be chosen hold no nine experts of two each.
    expect(() => networkOf('LLaDA2MoeModelLM', { ...absent, num_experts_per_tok: 9 })).toThrow(
      'num_experts_per_tok: expected a whole number from 1 to 8 (the experts of topk_group groups), got 9',
    );
  });
});
