import { denoiserDirectory, rewardDirectory } from '@entrgi/tiny-stories';
import { expect, test } from 'vitest';
import { type GenerateSpec, generate } from './generate.js';
import { passes } from './passes.js';
import { replay } from './replay.js';

const held = { dtype: 'fp32', disablePrepacking: false } as const;
const spec: GenerateSpec = {
  denoiser: { directory: denoiserDirectory, ...held },
  reward: { directory: rewardDirectory, ...held },
  threads: 1,
  prompts: ['Complete this story: A cat sat.'],
  length: 6,
  trajectories: 2,
  steps: 3,
  guidanceSteps: 2,
  learningRate: 0.5,
  temperature: 0.7,
  topP: 0.95,
  unit: 'guided step',
};

test('what is replayed is what was written, again and again; the passes alone are of as many steps', async () => {
  const workload = await generate(spec);
  const { texts, units } = await workload.run(0);
  await workload.dispose();
  const replayed = await replay(spec);
  for (const round of [0, 1]) expect(await replayed.run(round)).toMatchObject({ texts, units });
  expect((await (await passes(spec)).run(0)).units).toBe(units);
});
