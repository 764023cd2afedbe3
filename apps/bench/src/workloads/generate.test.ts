import { denoiserDirectory, rewardDirectory } from '@entrgi/tiny-stories';
import { expect, test } from 'vitest';
import { type GenerateSpec, generate } from './generate.js';

const held = { dtype: 'fp32', disablePrepacking: false } as const;
const spec: GenerateSpec = {
  denoiser: { directory: denoiserDirectory, ...held },
  reward: { directory: rewardDirectory, ...held },
  threads: 1,
  prompts: ['Complete this story: A cat sat.'],
  length: 6,
  trajectories: 2,
  steps: 9,
  guidanceSteps: 1,
  learningRate: 0.5,
  temperature: 0.7,
  topP: 0.95,
  unit: 'guided step',
};

const runOf = async (changes: Partial<GenerateSpec>) => {
  const workload = await generate({ ...spec, ...changes });
  const { units, texts } = await workload.run(1);
  await workload.dispose();
  return { units, texts };
};

test('counts guided steps or the whole, and writes the same with every switch off', async () => {
  const { texts, units } = await runOf({});
  expect(new Set(texts).size).toBe(2);
  expect(units).toBeLessThanOrEqual(6);
  expect(await runOf({ unit: 'generation' })).toEqual({ texts, units: 1 });
  const off = { prefixReuse: false, vocabularyTolerance: 0, stopAtEnd: false, skipRedundant: false };
  expect(await runOf({ switches: off })).toEqual({ texts, units: 9 });
});
