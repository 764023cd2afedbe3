import { expect, test } from 'vitest';
import { CONTRACT_VERSION } from '../contracts/runtime/versioned.js';
import { UnsupportedError } from '../errors/errors.js';
import { rewardGuidance } from '../guidance/reward-guidance.js';
import { requireBackend, requireReward } from './require-that.js';

const backend = { name: 'mine', createSession: async () => {} };
const reward = { name: 'mine', score: async () => {}, open: async () => {} };

const checks = {
  requireBackend: (contract?: unknown) => requireBackend('load: backend', { ...backend, contract }),
  requireReward: (contract?: unknown) => requireReward('reward', { ...reward, contract }),
  rewardGuidance: (contract?: unknown) => rewardGuidance({ reward: { ...reward, contract } as never }),
};

test.each(Object.entries(checks))('%s takes this contract, or none, and no other', (_, check) => {
  expect(() => check(CONTRACT_VERSION)).not.toThrow();
  expect(() => check()).not.toThrow();
  for (const other of [0, 2, '1', null]) {
    expect(() => check(other)).toThrow(UnsupportedError);
    expect(() => check(other)).toThrow(`expected contract 1, got ${other}. Install packages of one version`);
  }
});

test('names the argument that is at fault', () => {
  expect(() => checks.requireBackend(2)).toThrow(expect.objectContaining({ argument: 'backend', value: 2 }));
});
