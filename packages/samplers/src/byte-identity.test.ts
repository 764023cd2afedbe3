import { createHash } from 'node:crypto';
import { filters } from '@entrgi/core';
import { expect, test } from 'vitest';
import { orders, type SampleOptions, sample, schedules } from './index.js';
import { bigramDenoiser } from './testing/bigram-denoiser.js';
import { pullGuidance, pullReward } from './testing/pull-guidance.js';

const base = { trajectories: 3, steps: 12, maxNewTokens: 12, prompts: ['a story', 'x'] };

/** Everything that a run reports, but for the clock. */
const digest = async (options: Partial<SampleOptions>): Promise<string> => {
  const hash = createHash('sha256');
  for await (const event of sample({ denoiser: bigramDenoiser(), ...base, ...options })) {
    const of =
      event.type === 'step-end'
        ? [event.step, [...event.tokenIds], event.committed, event.remaining]
        : event.trajectories.map(({ tokenIds, text }) => [[...tokenIds], text]);
    hash.update(JSON.stringify(of));
  }
  return hash.digest('hex').slice(0, 16);
};

const guidance = () => pullGuidance(pullReward(7, 12), 2);

/** Made by the sampler as it was before it learned to infill, to remask and to steer: what a seed gives is a promise. */
const known: readonly (readonly [string, () => Partial<SampleOptions>, string])[] = [
  ['defaults', () => ({}), '9c8d63cab7e5875b'],
  ['order anchor', () => ({ order: orders.anchor, orderTemperature: 0.4, seed: 3 }), '5dcb9cb09442983c'],
  ['order entropy', () => ({ order: orders.entropy, orderTemperature: 0.4, seed: 3 }), '590536e011d2df2a'],
  [
    'order entropyFiltered',
    () => ({ order: orders.entropyFiltered, orderTemperature: 0.4, seed: 3 }),
    '7b7c8b5569b21e3a',
  ],
  [
    'order entropyOptimized',
    () => ({ order: orders.entropyOptimized, orderTemperature: 0.4, seed: 3 }),
    '590536e011d2df2a',
  ],
  [
    'order maskgitPlus',
    () => ({ order: orders.maskgitPlus, orderTemperature: 0.4, seed: 3 }),
    '60b544b543b240c4',
  ],
  ['order origin', () => ({ order: orders.origin, orderTemperature: 0.4, seed: 3 }), '864462ca7c1d49c0'],
  [
    'order topkMargin',
    () => ({ order: orders.topkMargin, orderTemperature: 0.4, seed: 3 }),
    '4f377343d3df13a4',
  ],
  ['guided', () => ({ guidance: guidance(), seed: 9 }), 'ec2df53fa3972faa'],
  ['guided blocks', () => ({ guidance: guidance(), blockLength: 4, temperature: 1.2 }), '9e658e72f4305ec6'],
  [
    'cosine, cold, unfiltered',
    () => ({ schedule: schedules.cosine, temperature: 0, filters: [] }),
    '2d244532cc501e44',
  ],
  [
    'blocks, sure tokens',
    () => ({ blockLength: 3, confidenceThreshold: 0.5, filters: [filters.topK(4)] }),
    'f36b76ae1c318235',
  ],
  [
    'everything computed',
    () => ({ stopAtEnd: false, skipRedundant: false, deprioritizeEos: false, steps: 24 }),
    '4541fbc374f39217',
  ],
];

test.each(known)('the bytes of a seed stay: %s', async (_, options, bytes) => {
  expect(await digest(options())).toBe(bytes);
});
