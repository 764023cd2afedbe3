import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeBackend } from '@entrgi/backend-node';
import { MemoryLimitError } from '@entrgi/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { relativeError } from '../../fixtures/fixture.js';
import { writeRandomDenoiser } from '../../fixtures/random-denoiser.js';
import { readCheckpoint } from '../checkpoint/checkpoint.js';
import { loadDenoiser } from '../load-denoiser.js';
import { quantize } from '../weights/quantize.js';

const config = {
  architectures: ['LLaDA2MoeModelLM'],
  ...{ hidden_size: 32, intermediate_size: 64, moe_intermediate_size: 32, num_hidden_layers: 3 },
  ...{ num_attention_heads: 4, num_key_value_heads: 2, vocab_size: 296, max_position_embeddings: 64 },
  ...{ num_experts: 8, num_experts_per_tok: 2, num_shared_experts: 1, first_k_dense_replace: 1 },
  ...{ n_group: 4, topk_group: 2, use_bias: false, tie_word_embeddings: false, eos_token_id: 290 },
};
const tokenIds = Int32Array.from({ length: 40 }, (_, i) => (i * i) % 200);
const request = { tokenIds, batch: 1, length: 40, positions: Int32Array.of(3, 20, 39) };

describe('a checkpoint with experts', () => {
  const backend = nodeBackend({ threads: 1 });
  let directory: string;
  let remove: () => Promise<void>;
  let root: string;
  let reference: Float32Array;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'entrgi-mixture-'));
    [directory, remove] = await writeRandomDenoiser(config);
    await using denoiser = await loadDenoiser(directory, { backend });
    reference = await denoiser.logits(request);
  });
  afterAll(async () => {
    await backend.dispose();
    await rm(root, { recursive: true });
    await remove();
  });

  it.each([4, 8] as const)(
    'is what its matrices rounded to %i bits make, but for its routers',
    async (bits) => {
      const rounded = join(root, `rounded-${bits}`);
      await cp(directory, rounded, { recursive: true });
      const { tensors } = await readCheckpoint(directory);
      const bytes = await readFile(join(directory, 'model.safetensors'));
      for (const [name, { dims, offset, length }] of tensors) {
        if (dims.length < 2 || /word_embeddings|mlp\.gate\.weight/.test(name)) continue;
        const stored = new Float32Array(
          bytes.buffer.slice(bytes.byteOffset + offset, bytes.byteOffset + offset + length),
        );
        const { codes, scales } = quantize(stored, dims[1]!, { bits, tileRows: 1 })!;
        const values = Float32Array.from(
          codes,
          (code, i) => (code - 2 ** (bits - 1)) * scales[Math.floor(i / 32)]!,
        );
        bytes.set(new Uint8Array(values.buffer), offset);
      }
      await writeFile(join(rounded, 'model.safetensors'), bytes);
      await using plain = await loadDenoiser(rounded, { backend });
      await using packed = await loadDenoiser(directory, { backend, dtype: `q${bits}` });
      const error = relativeError(await packed.logits(request), [...(await plain.logits(request))]);
      expect(error).toBeLessThan(1e-4);
    },
  );

  it('runs with less memory than all experts take, and not with less than the rest does', async () => {
    const rest =
      4 * (2 * 296 * 32 + 3 * (32 * 64 + 32 * 32) + 3 * 64 * 32 + 2 * (8 * 32 + 3 * 32 * 32) + 1000);
    await using denoiser = await loadDenoiser(directory, { backend, memoryLimit: rest + 4 * 3 * 32 * 32 });
    expect(await denoiser.logits(request)).toEqual(reference);
    await expect(loadDenoiser(directory, { backend, memoryLimit: 4 * 2 * 296 * 32 })).rejects.toThrow(
      MemoryLimitError,
    );
  });

  it('gives a block the logits that it has in the whole sequence', async () => {
    await using denoiser = await loadDenoiser(directory, { backend });
    const block = await denoiser.openBlock!({ tokenIds, batch: 1, length: 40, start: 32, end: 40 });
    const own = tokenIds.subarray(32);
    const got = await block.logits({ sequences: [0], tokenIds: own, positions: Int32Array.of(7) });
    expect(relativeError(got, [...reference.subarray(2 * 296)])).toBeLessThan(1e-5);
  });
});
