import { orders, schedules } from '@entrgi/samplers';
import { expect, test } from 'vitest';
import { letters, responses, tableDenoiser } from '../../rewards/src/testing/table-denoiser.js';
import { logRatioReward, type Strategy, strategies } from './index.js';

/** Two distributions over the same responses of three letters, each known to a denoiser. */
const known = (wave: number) => {
  const { denoiser, joint } = tableDenoiser(wave);
  return { joint, denoiser: { ...denoiser, vocabulary: { ...letters, endIds: [] } } };
};
const policy = known(5);
const reference = known(3);

const texts = responses.map((ids) => policy.denoiser.decode(Int32Array.from(ids)));

/** Half of the summed distance of frequencies from probabilities. */
const distance = (draws: readonly string[], joint: readonly number[]): number =>
  texts.reduce((sum, text, i) => {
    const share = draws.filter((draw) => draw === text).length / draws.length;
    return sum + Math.abs(share - joint[i]!) / 2;
  }, 0);

test('the reference, steered by the log-ratio of policy and reference, writes what the policy writes', async () => {
  const options = {
    denoiser: reference.denoiser,
    prompt: 'p',
    reward: logRatioReward(policy.denoiser, reference.denoiser, { steps: 3 }),
    trajectories: 64,
    steps: 3,
    maxNewTokens: 3,
    temperature: 1,
    filters: [],
    schedule: schedules.even,
    order: orders.random,
    deprioritizeEos: false,
  };
  const drawn = async (strategy: Strategy, runs: number): Promise<string[]> => {
    const draws: string[] = [];
    for (let seed = 1; seed <= runs; seed++) {
      for await (const event of strategy({ ...options, seed })) {
        if (event.type === 'prompt-end') draws.push(...event.trajectories.map(({ text }) => text));
      }
    }
    return draws;
  };
  const unguided = await drawn(strategies.independent(), 10);
  expect(distance(unguided, reference.joint)).toBeLessThan(0.1);
  expect(distance(unguided, policy.joint)).toBeGreaterThan(0.3);
  // The particles of a run are kin: 40 runs are as good as some 400 draws, which are 0.1 from their own distribution.
  expect(distance(await drawn(strategies.smc({ every: 1 }), 40), policy.joint)).toBeLessThan(0.15);
});
