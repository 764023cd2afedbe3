import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeBackend } from '@entrgi/backend-node';
import { loadClassifier, loadDenoiser } from '@entrgi/models';
import { loadReward } from '@entrgi/rewards';
import { rewardDirectory } from '@entrgi/tiny-stories';
import { afterAll, expect, test } from 'vitest';
import { writeRandomCheckpoint } from './random-checkpoint.js';
import { a2dShape, tableShape } from './shapes.js';

const root = mkdtempSync(join(tmpdir(), 'entrgi-'));
const backend = nodeBackend({ threads: 1 });
afterAll(async () => {
  await backend.dispose();
  rmSync(root, { recursive: true });
});

test.each(['F32', 'BF16'] as const)(
  'stored as %s loads, rates, and has a token for every row',
  async (storage) => {
    const directory = join(root, storage);
    const shape = { ...tableShape({ vocabulary: 2100 }), storage };
    writeRandomCheckpoint(directory, shape, rewardDirectory);
    const { vocabulary } = await loadClassifier(directory);
    expect(vocabulary.tokens).toHaveLength(2100);
    expect(new Set(vocabulary.tokens).size).toBe(2100);
    expect(vocabulary.maskId).toBe(2047);
    const reward = await loadReward(directory, { backend });
    const [first, second] = await reward.score('A cat', ['sat', 'sat on a mat']);
    expect(Math.abs(first!)).toBeGreaterThan(0);
    expect(second).not.toBe(first);
    await reward.dispose();
  },
);

test('a denoiser of the 0.6B shape loads and predicts', async () => {
  const directory = join(root, 'a2d');
  writeRandomCheckpoint(directory, a2dShape({ layers: 1, vocabulary: 2100 }), rewardDirectory);
  const denoiser = await loadDenoiser(directory, { backend });
  expect(denoiser.vocabulary.maskId).toBe(2047);
  const tokenIds = Int32Array.of(300, 2047, 301);
  const logits = await denoiser.logits({ tokenIds, batch: 1, length: 3, positions: Int32Array.of(1) });
  expect(new Set(logits).size).toBeGreaterThan(1000);
  await denoiser.dispose();
});

test('what a shape leaves zero is zero, and the rest of it is not', () => {
  const directory = join(root, 'filled');
  const tensors = { 'a.norm': [8], a: [4, 8], b: [4, 8] };
  const shape = {
    config: { vocab_size: 2100 },
    tensors,
    filled: (name: string) => (name === 'b' ? 1 / 4 : 1),
  };
  writeRandomCheckpoint(directory, shape, rewardDirectory);
  const bytes = readFileSync(join(directory, 'model.safetensors'));
  const values = new Float32Array(new Uint8Array(bytes.subarray(8 + Number(bytes.readBigUInt64LE()))).buffer);
  expect(values).toHaveLength(72);
  expect([...values.subarray(0, 8)]).toEqual(Array(8).fill(1));
  expect(values.subarray(8, 48).every((value) => value !== 0)).toBe(true);
  expect([...values.subarray(48)]).toEqual(Array(24).fill(0));
});
