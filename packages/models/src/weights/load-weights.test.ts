import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeBackend } from '@entrgi/backend-node';
import { InvalidArgumentError, MemoryLimitError, UnsupportedError } from '@entrgi/core';
import { afterAll, describe, expect, it } from 'vitest';
import { alteredFixture } from '../../fixtures/altered-fixture.js';
import { denoiserFixtures, fixture, fixtureNumbers, relativeError } from '../../fixtures/fixture.js';
import { loadClassifier } from '../load-classifier.js';
import { loadDenoiser } from '../load-denoiser.js';
import type { WeightDtype } from './weight-options.js';

const backend = nodeBackend({ threads: 1 });
afterAll(() => backend.dispose());

/** A float16 by its bits. */
const float16 = (bits: number): number => {
  const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
};

const logitsOf = async (
  name: string,
  dtype?: WeightDtype,
  directory = fixture(name),
): Promise<Float32Array> => {
  const { tokenIds, positions } = (await fixtureNumbers(name)).denoiser!;
  const denoiser = await loadDenoiser(directory, { backend, dtype });
  const [batch, length] = tokenIds.dims as [number, number];
  const request = { tokenIds: Int32Array.from(tokenIds.data), batch, length };
  const logits = await denoiser.logits({ ...request, positions: Int32Array.from(positions) });
  await denoiser.dispose();
  return logits;
};

describe.each(denoiserFixtures)('weights kept as stored: %s', (name) => {
  it('give the same logits', async () => {
    expect(relativeError(await logitsOf(name, 'auto'), [...(await logitsOf(name))])).toBeLessThan(1e-6);
  });
});

describe('dtype', () => {
  it.each([
    ['dream-f16', 'fp16'],
    ['dream-bf16', 'bf16'],
  ] as const)('%s holds what %s asks for', async (name, dtype) => {
    expect(await logitsOf(name, dtype)).toEqual(await logitsOf(name, 'auto'));
  });

  it.each([
    ['dream', 'fp16', 'expected weights stored in float16, got float32'],
    ['dream-f16', 'bf16', 'expected weights stored in bfloat16, got float16'],
    ['dream-bf16', 'fp16', /got bfloat16 \(model\.\S+ and \d+ more\)\. Choose 'auto'/],
  ] as const)('%s is not %s', async (name, dtype, message) => {
    const failure = loadDenoiser(fixture(name), { backend, dtype });
    await expect(failure).rejects.toThrow(UnsupportedError);
    await expect(failure).rejects.toThrow(message);
  });

  /** dream-f16 with one matrix (W) stored in another type, as the same numbers, and with norms in float32. */
  const mixed = async (type: 'BF16' | 'F32', matrix = 'model.layers.1.mlp.down_proj.weight') => {
    const bytes = await readFile(join(fixture('dream-f16'), 'model.safetensors'));
    const start = 8 + Number(bytes.readBigUInt64LE(0));
    const header = JSON.parse(bytes.toString('utf8', 8, start));
    const parts: Buffer[] = [];
    let end = 0;
    for (const [name, entry] of Object.entries<{ dtype: string; data_offsets: number[] }>(header)) {
      if (name === '__metadata__') continue;
      const [from, to] = entry.data_offsets as [number, number];
      const halves = new Uint16Array(Uint8Array.from(bytes.subarray(start + from, start + to)).buffer);
      const norm = name.includes('norm');
      const floats = Float32Array.from(halves, float16);
      const stored = name === matrix ? type : norm ? 'F32' : 'F16';
      // The upper half of a float32 is a bfloat16, rounded towards 0.
      const upper = new Uint16Array(floats.buffer).filter((_, i) => i % 2 === 1);
      const data = Buffer.from((stored === 'F32' ? floats : stored === 'BF16' ? upper : halves).buffer);
      header[name] = { ...entry, dtype: stored, data_offsets: [end, end + data.length] };
      end += data.length;
      parts.push(data);
    }
    const text = Buffer.from(JSON.stringify(header));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(text.length));
    const file = new Uint8Array(Buffer.concat([length, text, ...parts]));
    return alteredFixture('dream-f16', { 'model.safetensors': file });
  };

  it.each(['BF16', 'F32'] as const)(
    'of a checkpoint that mixes float16 and %s: each as it is stored, or refused',
    async (type) => {
      const directory = await mixed(type);
      const exact = await logitsOf('dream-f16', 'auto', directory);
      expect(relativeError(exact, [...(await logitsOf('dream-f16', 'fp32', directory))])).toBeLessThan(1e-6);
      // bfloat16 has 8 bits: the one matrix is off by up to 2⁻⁷.
      const plain = [...(await logitsOf('dream-f16'))];
      expect(relativeError(exact, plain)).toBeLessThan(type === 'F32' ? 1e-6 : 2 ** -7);
      for (const dtype of ['fp16', 'bf16'] as const) {
        const failure = loadDenoiser(directory, { backend, dtype });
        await expect(failure).rejects.toThrow(UnsupportedError);
        await expect(failure).rejects.toThrow(
          dtype === 'fp16'
            ? `expected weights stored in float16, got ${type === 'F32' ? 'float32' : 'bfloat16'} (model.layers.1.mlp.down_proj.weight). Choose 'auto'`
            : 'expected weights stored in bfloat16, got float16',
        );
      }
      // Norms in float32 beside matrices in float16 are usual.
      const matching = await mixed('F32', 'none');
      expect(await logitsOf('dream-f16', 'fp16', matching)).toEqual(
        await logitsOf('dream-f16', 'auto', matching),
      );
    },
  );

  it('is one of six', async () => {
    const dtype = 'int8' as WeightDtype;
    await expect(loadClassifier(fixture('bert-reward'), { dtype })).rejects.toThrow(InvalidArgumentError);
    await expect(loadClassifier(fixture('bert-reward'), { dtype })).rejects.toThrow(
      "dtype: expected one of auto, fp32, fp16, bf16, q8, q4, got 'int8'.",
    );
  });
});

describe('memoryLimit', () => {
  const trained = fileURLToPath(new URL('../../../tiny-stories/models/reward', import.meta.url));

  it('is checked before anything is allocated, and what would fit is said', async () => {
    // About two million numbers, stored in half precision: 8 bytes each for two sessions in float32.
    const failure = loadClassifier(trained, { memoryLimit: 5e6 });
    await expect(failure).rejects.toThrow(MemoryLimitError);
    await expect(failure).rejects.toThrow(
      /its weights take about 1\d\.\d MB as 'fp32', but the limit is 5\.0 MB\. Choose dtype 'auto', which takes about 3\.9 MB/,
    );
    await loadClassifier(trained, { memoryLimit: 5e6, dtype: 'auto' });
  });

  it('says so where nothing would fit', async () => {
    const failure = loadClassifier(trained, { memoryLimit: 1e5, dtype: 'auto' });
    await expect(failure).rejects.toThrow('Choose a smaller model, or raise memoryLimit.');
  });
});
