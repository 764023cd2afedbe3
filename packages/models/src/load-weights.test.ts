import { fileURLToPath } from 'node:url';
import { nodeBackend } from '@entrgi/backend-node';
import { InvalidArgumentError, MemoryLimitError, UnsupportedError } from '@entrgi/core';
import { afterAll, describe, expect, it } from 'vitest';
import { denoiserFixtures, fixture, fixtureNumbers, relativeError } from '../fixtures/fixture.js';
import { loadClassifier } from './load-classifier.js';
import { loadDenoiser } from './load-denoiser.js';
import type { WeightDtype } from './weight-options.js';

const backend = nodeBackend({ threads: 1 });
afterAll(() => backend.dispose());

const logitsOf = async (name: string, dtype?: WeightDtype): Promise<Float32Array> => {
  const { tokenIds, positions } = (await fixtureNumbers(name)).denoiser!;
  const denoiser = await loadDenoiser(fixture(name), { backend, dtype });
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

  it('is one of six', async () => {
    const dtype = 'int8' as WeightDtype;
    await expect(loadClassifier(fixture('bert-reward'), { dtype })).rejects.toThrow(InvalidArgumentError);
    await expect(loadClassifier(fixture('bert-reward'), { dtype })).rejects.toThrow(
      "dtype: expected one of auto, fp32, fp16, bf16, q8, q4, got 'int8'.",
    );
  });
});

describe('memoryLimit', () => {
  const trained = fileURLToPath(new URL('../../tiny-stories/models/reward', import.meta.url));

  it('is checked before anything is allocated, and what would fit is said', async () => {
    // About a million numbers, stored in half precision: 8 bytes each for two sessions in float32.
    const failure = loadClassifier(trained, { memoryLimit: 5e6 });
    await expect(failure).rejects.toThrow(MemoryLimitError);
    await expect(failure).rejects.toThrow(
      /its weights take about \d\.\d MB as 'fp32', but the limit is 5\.0 MB\. Choose dtype 'auto', which takes about 2\.1 MB/,
    );
    await loadClassifier(trained, { memoryLimit: 5e6, dtype: 'auto' });
  });

  it('says so where nothing would fit', async () => {
    const failure = loadClassifier(trained, { memoryLimit: 1e5, dtype: 'auto' });
    await expect(failure).rejects.toThrow('Choose a smaller model, or raise memoryLimit.');
  });
});
