import { Readable } from 'node:stream';
import { generate } from 'entrgi';
import { expect, test } from 'vitest';
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
  for (const [i, method] of (['bon', 'entrgi'] as const).entries()) {
    const { text, reward, avg } = await generate({ ...settings, prompt: prompt!, method });
    expect(stdout.text).toContain(`\n   ${text.trim()}\n`);
    const [, best, mean, judge] = table[i]!;
    expect([best, mean]).toEqual([reward.toFixed(2), avg.toFixed(2)]);
    expect(judge).toMatch(/^(0\.\d\d|1\.00)$/);
  }
  const [, first, bars, last] = /^Reward while guided {2}(\S+) ([▁-█]+) (\S+)$/m.exec(stdout.text)!;
  expect(bars).toHaveLength(4);
  expect(Number(last)).not.toBe(Number(first));
});
