import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeBackend } from '@entrgi/backend-node';
import type { Backend, Session } from '@entrgi/core';
import { loadDenoiser } from '@entrgi/models';
import { expect, test } from 'vitest';
import { orders, sample, schedules } from './index.js';

const fixture = fileURLToPath(new URL('../../models/fixtures/a2d-qwen3', import.meta.url));

test('256 tokens behind 256, in blocks of 32: the cache spares more than three quarters of the tokens that go through the network', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'entrgi-passes-'));
  await cp(fixture, directory, { recursive: true });
  const file = join(directory, 'config.json');
  const config = JSON.parse(await readFile(file, 'utf8'));
  await writeFile(file, JSON.stringify({ ...config, max_position_embeddings: 512 }));
  const backend = nodeBackend({ threads: 1 });
  let tokens = 0;
  const counting: Backend = {
    ...backend,
    async createSession(...model) {
      const session = await backend.createSession(...model);
      const run: Session['run'] = (feeds, options) => {
        const [batch, length] = feeds.ids!.dims as [number, number];
        tokens += batch * length;
        return session.run(feeds, options);
      };
      return { ...session, run };
    },
  };
  try {
    const attention = { attention: 'block-causal', blockLength: 32 } as const;
    await using denoiser = await loadDenoiser(directory, { backend: counting, ...attention });
    const prefix = Int32Array.from({ length: 256 }, (_, i) => (7 * i) % 90);
    const write = async (cacheBlocks: boolean) => {
      tokens = 0;
      const events = sample({
        denoiser: { ...denoiser, encodePrompt: () => prefix },
        prompts: ['abc'],
        ...{ trajectories: 1, maxNewTokens: 256, steps: 32, temperature: 0, filters: [], stopAtEnd: false },
        ...{ order: orders.lowConfidence, schedule: schedules.even, deprioritizeEos: false, cacheBlocks },
      });
      for await (const event of events) {
        if (event.type === 'prompt-end') return { text: [...event.trajectories[0]!.tokenIds], tokens };
      }
      throw new Error('expected the end');
    };
    const [cached, whole] = [await write(true), await write(false)];
    expect(cached.text).toEqual(whole.text);
    // Four steps of each of eight blocks, and prompt and finished blocks once, but for the last, which nobody needs.
    expect(cached.tokens).toBe(256 + 32 * 32 + 7 * 32);
    expect(whole.tokens).toBe(32 * 512);
    expect(whole.tokens / cached.tokens).toBeGreaterThan(4);
  } finally {
    await backend.dispose();
    await rm(directory, { recursive: true });
  }
});
