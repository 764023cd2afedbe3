import { Readable } from 'node:stream';
import {
  compositeReward,
  denoiserDirectory,
  embeddedSettings,
  generate,
  loadDenoiser,
  loadReward,
  moodDirectory,
  nodeBackend,
  rewardDirectory,
} from 'entrgi';
import { expect, onTestFinished, test } from 'vitest';
import { Collector } from '../testing/capture.js';
import { demo } from './demo.js';

test('shows what generate writes, unguided and guided, and what they come to', {
  timeout: 60_000,
}, async () => {
  const [stdout, stderr] = [new Collector(), new Collector()];
  const { signal } = new AbortController();
  const settings = { seed: 2, steps: 4, maxNewTokens: 8 };
  await demo({ stdin: Readable.from([]), stdout, stderr, env: {}, signal }, settings);
  expect(stderr.text).toBe('');
  const [prompt] = stdout.text.split('\n');
  const table = [...stdout.text.matchAll(/^(?:un)?guided +(\S+) +(\S+) +(\S+)$/gm)];
  expect(table).toHaveLength(2);
  const backend = nodeBackend({ threads: 2 });
  onTestFinished(() => backend.dispose());
  const denoiser = await loadDenoiser(denoiserDirectory, { backend });
  const rewards = await Promise.all(
    [rewardDirectory, moodDirectory].map((each) => loadReward(each, { backend })),
  );
  const reward = compositeReward(rewards.map((each) => ({ reward: each, weight: 1 })));
  for (const [i, method] of (['bon', 'entrgi'] as const).entries()) {
    const result = await generate({
      ...embeddedSettings,
      ...settings,
      prompt: prompt!,
      method,
      denoiser,
      reward,
    });
    expect(stdout.text).toContain(`\n   ${result.text.trim()}\n`);
    const [, best, mean, judge] = table[i]!;
    expect([best, mean]).toEqual([result.reward.toFixed(2), result.avg.toFixed(2)]);
    expect(judge).toMatch(/^(0\.\d\d|1\.00)$/);
  }
  const [, first, bars, last] = /^Reward while guided {2}(\S+) ([▁-█]+) (\S+)$/m.exec(stdout.text)!;
  expect(bars).toHaveLength(4);
  expect(Number(last)).not.toBe(Number(first));
});
