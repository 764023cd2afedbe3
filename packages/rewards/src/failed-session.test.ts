import { nodeBackend } from '@entrgi/backend-node';
import { type Backend, BackendError } from '@entrgi/core';
import { afterAll, expect, it } from 'vitest';
import { checkpoint } from '../fixtures/torch-numbers.js';
import { loadReward } from './load-reward.js';

const backend = nodeBackend({ threads: 1 });
afterAll(() => backend.dispose());

it('tries again to make a session that could not be made, as for want of memory at that moment', async () => {
  let failures = 2;
  const shaky: Backend = {
    ...backend,
    async createSession(...args) {
      failures -= 1;
      if (failures >= 0) throw new BackendError('No memory.');
      return backend.createSession(...args);
    },
  };
  const reward = await loadReward(checkpoint('bert-reward'), { backend: shaky });
  await expect(reward.score('a', ['b'])).rejects.toThrow('No memory.');
  await expect(reward.score('a', ['b'])).rejects.toThrow('No memory.');
  const sound = await loadReward(checkpoint('bert-reward'), { backend });
  expect(await reward.score('a', ['b'])).toEqual(await sound.score('a', ['b']));
  await reward.dispose();
  await sound.dispose();
});
