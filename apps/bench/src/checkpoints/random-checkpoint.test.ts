import { mkdtempSync, rmSync } from 'node:fs';
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
