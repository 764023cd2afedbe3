import { readFile } from 'node:fs/promises';
import { nodeBackend } from '@entrgi/backend-node';
import { CheckpointError, InvalidArgumentError, UnsupportedError } from '@entrgi/core';
import { afterAll, describe, expect, it } from 'vitest';
import { type Alteration, alteredFixture } from '../../fixtures/altered-fixture.js';
import { safetensors } from '../../fixtures/variants.js';
import { inspectCheckpoint } from '../inspect-checkpoint.js';
import { loadDenoiser } from '../load-denoiser.js';

const backend = nodeBackend({ threads: 1 });
afterAll(() => backend.dispose());

const inspect = async (alterations: Record<string, Alteration>) =>
  inspectCheckpoint(await alteredFixture('qwen3-reward', alterations));

/** A file with these tensors and no others, of one number each. */
const tensors = (...names: string[]) =>
  safetensors(new Map(names.map((name) => [name, [[1], Float32Array.of(1)] as const])));

/** The header of one tensor of a type, and its byte. */
const typed = (dtype: string): Uint8Array => {
  const header = JSON.stringify({ 'model.norm.weight': { dtype, shape: [1], data_offsets: [0, 1] } });
  const bytes = new Uint8Array(9 + header.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  bytes.set(new TextEncoder().encode(header), 8);
  return bytes;
};

describe('weights that are not read', () => {
  it.each<[string, Record<string, Alteration>]>([
    [
      'quantized by GPTQ in 4 bits',
      { 'config.json': (json) => ({ ...json, quantization_config: { quant_method: 'gptq', bits: 4 } }) },
    ],
    [
      'quantized by AWQ in 4 bits',
      { 'config.json': (json) => ({ ...json, quantization_config: { quant_method: 'awq', bits: 4 } }) },
    ],
    [
      'quantized by FP8',
      { 'config.json': (json) => ({ ...json, quantization_config: { quant_method: 'fp8' } }) },
    ],
    [
      'quantized by compressed-tensors',
      { 'config.json': (json) => ({ ...json, quantization_config: { quant_method: 'compressed-tensors' } }) },
    ],
    [
      'quantized by bitsandbytes in 8 bits',
      {
        'config.json': (json) => ({
          ...json,
          quantization_config: { quant_method: 'bitsandbytes', load_in_8bit: true },
        }),
      },
    ],
    ['quantized by GPTQ', { 'model.safetensors': tensors('a.qweight', 'a.qzeros', 'a.scales', 'a.g_idx') }],
    ['quantized by GPTQ or AWQ', { 'model.safetensors': tensors('a.qweight', 'a.qzeros', 'a.scales') }],
    ['quantized by bitsandbytes in 4 bits', { 'model.safetensors': tensors('a.weight.absmax') }],
    ['quantized by bitsandbytes in 8 bits', { 'model.safetensors': tensors('a.weight', 'a.SCB') }],
    [
      'quantized by compressed-tensors',
      { 'model.safetensors': tensors('a.weight_packed', 'a.weight_scale') },
    ],
    ['stored as F8_E4M3', { 'model.safetensors': typed('F8_E4M3') }],
    ['stored as F8_E5M2', { 'model.safetensors': typed('F8_E5M2') }],
    ['belongs to an adapter (LoRA)', { 'model.safetensors': tensors('base_model.model.a.lora_A.weight') }],
    [
      'it is an adapter (adapter_config.json)',
      { 'model.safetensors': null, 'config.json': null, 'adapter_config.json': '{}' },
    ],
  ])('are called by their name: %s', async (message, alterations) => {
    const failure = inspect(alterations);
    await expect(failure).rejects.toThrow(UnsupportedError);
    await expect(failure).rejects.toThrow(message);
    await expect(failure).rejects.toThrow(/Take the model that it was made from|merge it into/);
  });

  it.each([
    ['pytorch_model.bin', 'is in the format of PyTorch'],
    ['pytorch_model-00001-of-00002.bin', 'is in the format of PyTorch'],
    ['consolidated.00.pth', 'is in the format of PyTorch'],
    ['model-q4_k_m.gguf', 'is GGUF'],
    ['flax_model.msgpack', 'is in the format of Flax'],
    ['tf_model.h5', 'is in the format of TensorFlow'],
    ['weights.safetensors', 'transformers calls the weights of a model model.safetensors'],
  ])('%s alone', async (file, message) => {
    const failure = inspect({ 'model.safetensors': null, [file]: 'x' });
    await expect(failure).rejects.toThrow(CheckpointError);
    await expect(failure).rejects.toThrow(message);
  });
});

describe('a block diffusion model', () => {
  it.each<[string, Record<string, Alteration>]>([
    ['config.json: model_type', { 'config.json': (json) => ({ ...json, model_type: 'a2d-qwen3-bd3lm' }) }],
    ['README.md', { 'README.md': '---\ntags:\n- bd3lm\n---\n# A model\n' }],
    ['README.md', { 'README.md': '# Qwen3-diffusion-BD3LM\n' }],
  ])('is not run until told how, where %s says that it is one', async (place, alterations) => {
    const directory = await alteredFixture('a2d-qwen3', alterations);
    const failure = loadDenoiser(directory, { backend });
    await expect(failure).rejects.toThrow(InvalidArgumentError);
    await expect(failure).rejects.toThrow(`${place} says that it was trained by block diffusion`);
    await expect(failure).rejects.toThrow(
      "Say attention: 'block-causal' and blockLength: 32 (or what its card says), or attention: 'everywhere' if it is not.",
    );
    const choices = [{ attention: 'everywhere' }, { attention: 'block-causal', blockLength: 8 }] as const;
    for (const choice of choices) await (await loadDenoiser(directory, { backend, ...choice })).dispose();
  });

  it('is not what a card only mentions', async () => {
    const card = '# Qwen3-diffusion-mdlm\nSee also Qwen3-diffusion-bd3lm.\n';
    const denoiser = await loadDenoiser(await alteredFixture('a2d-qwen3', { 'README.md': card }), {
      backend,
    });
    await denoiser.dispose();
  });
});

describe('config.json as Python writes it', () => {
  const written = async (line: string) => {
    const text = await readFile(new URL('../../fixtures/qwen3-reward/config.json', import.meta.url), 'utf8');
    return inspect({
      'config.json': text.replace('{', `{${line},`).replace(/,\s*"rms_norm_eps": 1e-06/, ''),
    });
  };

  it('may have NaN and infinities where nobody looks', async () => {
    const facts = await written(
      '"initializer_range": NaN, "a": [Infinity, -Infinity], "b": "NaN, \\" Infinity"',
    );
    expect(facts.architecture).toBe('Qwen3ForSequenceClassification');
  });

  it('but not where a number is needed', async () => {
    await expect(written('"rms_norm_eps": NaN')).rejects.toThrow('rms_norm_eps: expected a number from 0');
    await expect(written('"rms_norm_eps": Infinity')).rejects.toThrow(
      'rms_norm_eps: expected a number from 0',
    );
    await expect(written('"a": NaNNaN')).rejects.toThrow('not JSON');
  });

  it('is refused at once where it is enormous', async () => {
    const failure = inspect({ 'config.json': ' '.repeat(10_000_001) });
    await expect(failure).rejects.toThrow('config.json: expected at most 10000000 bytes, got 10000001');
  });
});
