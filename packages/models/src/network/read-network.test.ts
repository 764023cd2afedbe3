import { readdir, readFile } from 'node:fs/promises';
import { CheckpointError, NotFoundError, UnsupportedError } from '@entrgi/core';
import { describe, expect, it } from 'vitest';
import { alteredFixture } from '../../fixtures/altered-fixture.js';
import { classifierFixtures, denoiserFixtures, fixture } from '../../fixtures/fixture.js';
import * as architectures from '../architectures/index.js';
import { architectureName } from '../checkpoint/architecture-name.js';
import { readCheckpoint } from '../checkpoint/checkpoint.js';
import { inspectCheckpoint } from '../inspect-checkpoint.js';
import { readNetwork } from './read-network.js';

// biome-ignore lint/suspicious/noExplicitAny: tests change JSON in ways that have no type
type Json = any;

const fixtures = [...denoiserFixtures, ...classifierFixtures];

describe('architectures', () => {
  it('has one export for every file', async () => {
    const kinds = ['classifiers', 'denoisers', 'reward-heads'].map(
      (kind) => new URL(`../architectures/${kind}`, import.meta.url),
    );
    const files = (await Promise.all(kinds.map((folder) => readdir(folder))))
      .flat()
      .filter((file) => !/^index\.ts$|\.test\.ts$/.test(file))
      .map((file) => file.replace('.ts', '').replaceAll('-', ''));
    expect(
      Object.keys(architectures)
        .map((name) => name.toLowerCase().replaceAll('_', ''))
        .sort(),
    ).toEqual(files.sort());
  });

  it("has a checkpoint with PyTorch's numbers for every one", async () => {
    const shown = fixtures.map(async (name) => architectureName(await readCheckpoint(fixture(name))));
    // Those without a folder, whose weights the test makes.
    const made: Json[] = JSON.parse(await readFile(fixture('block-causal.json'), 'utf8'));
    const heads: Json[] = JSON.parse(await readFile(fixture('reward-heads.json'), 'utf8'));
    const variants: Json = JSON.parse(await readFile(fixture('variants.json'), 'utf8'));
    const names = [
      ...(await Promise.all(shown)),
      ...[...[...made, ...heads].map(({ config }) => config), ...Object.values<Json>(variants.bases)].map(
        ({ architectures: [first] }) => first,
      ),
    ].filter((name) => Object.hasOwn(architectures, name));
    expect([...new Set(names)].sort()).toEqual(Object.keys(architectures).sort());
  });

  it.each(fixtures)('%s lists exactly the tensors it reads', async (name) => {
    const checkpoint = await readCheckpoint(fixture(name));
    const { parameters } = readNetwork(checkpoint);
    expect([...parameters.keys()].sort()).toEqual([...checkpoint.tensors.keys()].sort());
  });
});

describe('readNetwork', () => {
  it.each([[['LlamaForCausalLM']], [['constructor']], [[]], [undefined], ['DreamModel'], [[1]]])(
    'refuses architectures %j and lists the known ones',
    async (value) => {
      const directory = await alteredFixture('dream', {
        'config.json': (json: Json) => {
          json.architectures = value;
        },
      });
      const failure = readCheckpoint(directory).then(readNetwork);
      await expect(failure).rejects.toThrow(UnsupportedError);
      await expect(failure).rejects.toThrow(
        `architectures: expected one of ${Object.keys(architectures).join(', ')}, got `,
      );
    },
  );

  const change = async (name: string, fields: Json) => {
    const directory = await alteredFixture(name, {
      'config.json': (json: Json) => Object.assign(json, fields),
    });
    return inspectCheckpoint(directory);
  };

  it.each<[string, string, Json]>([
    ['dream', 'hidden_size', { hidden_size: '24' }],
    ['dream', 'hidden_size', { hidden_size: null }],
    ['dream', 'num_hidden_layers', { num_hidden_layers: 0 }],
    ['dream', 'num_hidden_layers', { num_hidden_layers: 1.5 }],
    ['dream', 'num_hidden_layers', { num_hidden_layers: 1e9 }],
    ['dream', 'vocab_size', { vocab_size: 2 ** 31 }],
    ['dream', 'num_key_value_heads', { num_key_value_heads: 3 }],
    ['dream', 'num_attention_heads', { num_attention_heads: 5, num_key_value_heads: 5 }],
    ['dream', 'the width of a head', { head_dim: 5 }],
    ['dream', 'rope_theta', { rope_theta: -1 }],
    ['dream', 'rms_norm_eps', { rms_norm_eps: 'small' }],
    ['dream', 'tie_word_embeddings', { tie_word_embeddings: 'yes' }],
    ['dream', 'mask_token_id', { mask_token_id: 296 }],
    ['dream', 'mask_token_id', { mask_token_id: -1 }],
    ['dream', 'mask_token_id', { mask_token_id: [291] }],
    ['dream', 'eos_token_id', { eos_token_id: [290, 'x'] }],
    ['dream', "the tokenizer's mask_token has id 291", { mask_token_id: 5 }],
    ['qwen3-reward', 'id2label', { id2label: {} }],
    ['qwen3-reward', 'rope_parameters', { rope_parameters: 3 }],
    ['bert-reward', 'num_attention_heads', { num_attention_heads: 3 }],
    ['llama-reward', 'rope_scaling: factor', { rope_scaling: { rope_type: 'llama3' } }],
    [
      'llama-reward',
      'rope_type is "linear", but type is "yarn"',
      { rope_scaling: { rope_type: 'linear', type: 'yarn', factor: 2 } },
    ],
    [
      'llama-reward',
      'rope_theta is 500000 in rope_parameters, but rope_scaling is there too and makes it 10000',
      {
        rope_theta: null,
        rope_scaling: { type: 'linear', factor: 2 },
        rope_parameters: { rope_type: 'default', rope_theta: 500_000 },
      },
    ],
    [
      'llama-reward',
      'rope_scaling is there too and makes it "linear"',
      { rope_scaling: { type: 'linear', factor: 2 }, rope_parameters: { rope_type: 'yarn', factor: 2 } },
    ],
    [
      'llama-reward',
      'long_factor: expected 4 numbers above 0',
      { rope_scaling: { type: 'longrope', short_factor: [1, 1, 1], long_factor: [1, 1] } },
    ],
    [
      'llama-reward',
      'full_attention',
      { rope_parameters: { full_attention: { rope_type: 'linear', factor: 2 } } },
    ],
    ['dream', 'rms_norm_eps', { rms_norm_eps: 1e308 }],
    ['dream', 'rms_norm_eps', { rms_norm_eps: -1 }],
    ['qwen3-reward', 'layer_types', { layer_types: ['full_attention', 'sliding_attention'] }],
    ['qwen3-reward', 'num_labels', { num_labels: 2_000_000 }],
    ['modernbert-fill', 'rope_parameters', { rope_parameters: { rope_theta: 3 } }],
    ['llada', 'n_kv_heads', { n_kv_heads: 3 }],
    ['llada', 'd_model', { d_model: 20 }],
    ['roberta-reward', 'pad_token_id', { pad_token_id: -1 }],
    ['distilbert-reward', 'n_heads', { n_heads: 3 }],
    ['modernbert-fill', 'layer_types', { layer_types: ['full_attention'] }],
    ['modernbert-fill', 'layer_types', { layer_types: ['full_attention', 'linear', 'full_attention'] }],
    ['modernbert-fill', 'num_attention_heads', { num_attention_heads: 16 }],
    ['deberta-reward', 'position_buckets', { position_buckets: -1 }],
  ])('refuses a %s whose %s is wrong: %j', async (name, message, fields) => {
    const failure = change(name, fields);
    await expect(failure).rejects.toThrow(CheckpointError);
    await expect(failure).rejects.toThrow('config.json: ');
    await expect(failure).rejects.toThrow(message);
  });

  it.each<[string, string, Json]>([
    ['dream', 'rope_type', { rope_scaling: { type: 'su', factor: 4 } }],
    ['dream', 'hidden_act', { hidden_act: 'xielu' }],
    ['dream', 'sliding_window', { use_sliding_window: true, sliding_window: 8, max_window_layers: 1 }],
    ['qwen3-reward', 'rope_type', { rope_parameters: { rope_type: 'mrope', rope_theta: 1e6 } }],
    [
      'qwen3-reward',
      'partial_rotary_factor',
      { partial_rotary_factor: 0.5, rope_scaling: { type: 'linear', factor: 2 } },
    ],
    ['bert-reward', 'hidden_act', { hidden_act: 'mish' }],
    ['bert-reward', 'position_embedding_type', { position_embedding_type: 'relative_key' }],
    ['llama-reward', 'mlp_bias', { mlp_bias: true }],
    ['llada', 'block_type', { block_type: 'sequential' }],
    ['llada', 'scale_logits', { scale_logits: true }],
    ['modernbert-reward', 'classifier_pooling', { classifier_pooling: 'max' }],
    ['deberta-reward', 'conv_kernel_size', { conv_kernel_size: 3 }],
    ['deberta-reward', 'relative_attention', { relative_attention: null }],
    ['deberta-reward', 'share_att_key', { share_att_key: false }],
    ['deberta-reward', 'position_biased_input', { position_biased_input: true }],
    ['deberta-reward', 'pos_att_type', { pos_att_type: ['c2p'] }],
    ['deberta-reward', 'pos_att_type', { pos_att_type: null }],
  ])('says that a %s with another %s is not supported', async (name, message, fields) => {
    const failure = change(name, fields);
    await expect(failure).rejects.toThrow(UnsupportedError);
    await expect(failure).rejects.toThrow(message);
  });

  it.each<[string, string[], Json]>([
    ['dream', ['missing model.layers.2.input_layernorm.weight', 'and 4 more'], { num_hidden_layers: 3 }],
    ['dream', ['lm_head.weight: expected shape [300, 24], got [296, 24]'], { vocab_size: 300 }],
    ['dream-bf16', ['missing lm_head.weight'], { tie_word_embeddings: false }],
    ['qwen3-reward', ['score.weight: expected shape [2, 16], got [1, 16]'], { id2label: { 0: 'a', 1: 'b' } }],
    ['qwen3-reward', ['missing model.layers.0.self_attn.q_proj.bias'], { attention_bias: true }],
    ['bert-reward', ['position_embeddings.weight: expected shape [64, 16]'], { max_position_embeddings: 64 }],
    ['llada', ['missing model.transformer.blocks.0.q_proj.bias'], { include_qkv_bias: true }],
    ['modernbert-reward', ['missing model.embeddings.norm.bias'], { norm_bias: true }],
  ])('names the weights of %s that do not fit: %s', async (name, messages, fields) => {
    const failure = change(name, fields);
    await expect(failure).rejects.toThrow(CheckpointError);
    for (const message of messages) await expect(failure).rejects.toThrow(message);
    await expect(failure).rejects.toThrow('config.json and the weights must come from the same model.');
  });

  it('reads rope_theta where transformers 5 writes it', async () => {
    const facts = await change('qwen3-reward', {
      rope_theta: undefined,
      rope_parameters: { rope_type: 'default', rope_theta: 1e6 },
    });
    expect(facts.architecture).toBe('Qwen3ForSequenceClassification');
  });

  it('takes a head that is in the file for one of its own, whatever is said, unless it is the same as the table', async () => {
    const own = await change('dream', {});
    expect(await change('dream', { tie_word_embeddings: true })).toEqual(own);
    expect((await change('dream-bf16', {})).leftOut).toEqual([]);
  });
});

describe('inspectCheckpoint', () => {
  it('says where there is no folder', async () => {
    await expect(inspectCheckpoint(`${fixture('dream')}/nothing`)).rejects.toThrow(NotFoundError);
  });

  it('counts what is there', async () => {
    const { vocabulary, ...facts } = await inspectCheckpoint(fixture('dream-sharded'));
    const layer = 24 * 24 * 2 + 12 * 24 * 2 + 24 + 12 * 2 + 3 * 24 * 40 + 2 * 24;
    const parameters = 2 * 296 * 24 + 2 * layer + 24;
    expect(facts).toEqual({
      name: 'dream-sharded',
      architecture: 'DreamModel',
      task: 'denoiser',
      parameters,
      dataTypes: { float32: parameters },
      bytes: 4 * parameters,
      files: [1, 2, 3].map((i) => `model-0000${i}-of-00003.safetensors`),
      leftOut: [],
      layers: 2,
      width: 24,
      maxLength: 64,
      vocabularySize: 296,
      tokens: 292,
    });
    expect(vocabulary.maskId).toBe(291);
  });
});
