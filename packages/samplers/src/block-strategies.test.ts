import { fileURLToPath } from 'node:url';
import { nodeBackend } from '@entrgi/backend-node';
import { type Denoiser, type DifferentiableReward, optimizers, rewardGuidance } from '@entrgi/core';
import { loadDenoiser } from '@entrgi/models';
import { loadReward } from '@entrgi/rewards';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type StrategyOptions, strategies } from './index.js';

const fixture = (name: string) => fileURLToPath(new URL(`../../models/fixtures/${name}`, import.meta.url));
const [blockLength, length, perBlock, trajectories] = [4, 12, 4, 3];

describe('strategies of a denoiser in blocks', () => {
  const backend = nodeBackend({ threads: 1 });
  let denoiser: Denoiser;
  let reward: DifferentiableReward;
  beforeAll(async () => {
    denoiser = await loadDenoiser(fixture('a2d-qwen3'), { backend, attention: 'block-causal', blockLength });
    reward = await loadReward(fixture('qwen3-reward'), { backend });
  });
  afterAll(() => backend.dispose());

  const guided = (): Partial<StrategyOptions> => ({
    guidance: rewardGuidance({ reward, optimizer: optimizers.adam(0.5), guidanceSteps: 1 }),
  });
  const all = {
    independent: () => strategies.independent(),
    smc: () => strategies.smc({ every: 2 }),
    'smc by several drafts': () => strategies.smc({ every: 3, drafts: 2, resampleBelow: 0.7 }),
    'particle Gibbs': () => strategies.particle_gibbs({ every: 2, iterations: 2 }),
    'best of what a budget buys': () => strategies.compute_matched({ passes: 150 }),
  };
  // What stands from the beginning: the third token, and the last.
  const standing = new Map([
    [2, 40],
    [length - 1, 41],
  ]);

  const run = async (name: keyof typeof all, options: Partial<StrategyOptions>) => {
    const { maskId } = denoiser.vocabulary;
    const response = Int32Array.from({ length }, (_, slot) => standing.get(slot) ?? maskId!);
    const endOf = (block: number) => Math.min((block + 1) * blockLength, length);
    const steps = perBlock * Math.ceil(length / blockLength);
    /** Every beginning that some trajectory has had, of this sweep or the last, whose kept one goes on among the others. */
    const beginnings = new Set<string>();
    const given = { prompt: 'abc', trajectories, maxNewTokens: length, steps, stopAtEnd: false, response };
    for await (const event of all[name]()({ denoiser, reward, ...given, ...options })) {
      if (event.type === 'prompt-end') {
        return { tokens: event.trajectories.map(({ tokenIds }) => [...tokenIds]) };
      }
      const rows = Array.from({ length: event.trajectories }, (_, k) => [
        ...event.tokenIds.subarray(k * length, (k + 1) * length),
      ]);
      const block = Math.floor((event.step - 1) / perBlock);
      const finished = block === 0 ? 0 : endOf(block - 1);
      for (const row of rows) {
        for (const [slot, id] of standing) expect(row[slot]).toBe(id);
        // Nothing behind the block is written yet, and what is finished is what some trajectory had.
        expect(
          row.slice(endOf(block)).every((id, i) => id === (standing.get(endOf(block) + i) ?? maskId)),
        ).toBe(true);
        if (finished > 0) expect(beginnings).toContain(row.slice(0, finished).join());
      }
      for (const row of rows) beginnings.add(row.slice(0, endOf(block)).join());
    }
    throw new Error('expected the end');
  };

  describe.each(Object.keys(all) as (keyof typeof all)[])('%s', (name) => {
    test.each([false, true])('writes everything, block after block (guided: %s)', async (isGuided) => {
      const options = isGuided ? guided() : {};
      const { tokens } = await run(name, options);
      for (const row of tokens) expect(row).not.toContain(denoiser.vocabulary.maskId);
      const uncached = await run(name, { ...(isGuided ? guided() : {}), cacheBlocks: false });
      // Opening a block is a pass, too, so that a budget buys more without.
      const common = Math.min(tokens.length, uncached.tokens.length);
      expect(common).toBeGreaterThan(0);
      expect(uncached.tokens.slice(0, common)).toEqual(tokens.slice(0, common));
    });
  });
});
