// The figures of "How guidance works", from runs of the embedded models: npm run figures
import { writeFile } from 'node:fs/promises';
import { nodeBackend } from '@entrgi/backend-node';
import { relaxations, rewardGuidance, type StepEvent } from '@entrgi/core';
import { loadDenoiser } from '@entrgi/models';
import { loadReward } from '@entrgi/rewards';
import { sample } from '@entrgi/samplers';
import { denoiserDirectory, openings, rewardDirectory } from '@entrgi/tiny-stories';
import { type Line, lineChart } from './line-chart.ts';

const [steps, prompts] = [32, openings.slice(0, 4).map((text) => `Complete this story: ${text}`)];
const colors: Record<string, string> = { expectation: '#2f81f7', aps: '#db6d28', entrgi: '#2da44e' };

const backend = nodeBackend();
const denoiser = await loadDenoiser(denoiserDirectory, { backend });
const reward = await loadReward(rewardDirectory, { backend });

/** One quantity by step, averaged over the openings. */
const byStep = (events: readonly StepEvent[], of: (event: StepEvent) => number): number[] =>
  Array.from({ length: steps }, (_, i) => mean(events.filter(({ step }) => step === i + 1).map(of)));
/** Of what there is: a trajectory may sit a step out, and all of a prompt's may. */
const mean = (all: readonly number[]) => {
  const values = all.filter((value) => !Number.isNaN(value));
  return values.reduce((sum, value) => sum + value, 0) / values.length;
};

const weights: Line[] = [];
const rises: Line[] = [];
for (const [name, relaxation] of Object.entries(relaxations)) {
  const guidance = rewardGuidance({ reward, relaxation });
  const events: StepEvent[] = [];
  for await (const event of sample({
    denoiser,
    guidance,
    prompts,
    steps,
    maxNewTokens: 32,
    stopAtEnd: false,
  })) {
    if (event.type === 'step-end') events.push(event);
  }
  const color = colors[name] ?? '#8250df';
  weights.push({ name, color, values: byStep(events, ({ entropyWeight }) => entropyWeight ?? Number.NaN) });
  if (name !== 'entrgi') continue;
  const [first, last] = (['first', 'last'] as const).map((which) =>
    byStep(events, ({ rewards }) => mean([...(rewards?.[which] ?? [])])),
  );
  rises.push({ name: 'before the step’s first update', color, values: first!, dashed: true });
  rises.push({ name: 'before its last', color, values: last! });
}
await backend.dispose();

const reached = rises.flatMap(({ values }) => values).filter((value) => !Number.isNaN(value));
const charts = {
  'entropy-weight': lineChart({
    title: 'How far a masked position leans towards its sampled token',
    x: 'denoising step',
    y: 'mean weight w',
    lines: weights,
    range: [0, 1],
  }),
  reward: lineChart({
    title: 'Reward of the relaxed responses, step by step (entrgi)',
    x: 'denoising step',
    y: 'mean reward',
    lines: rises,
    range: [Math.floor(Math.min(...reached)), Math.ceil(Math.max(...reached))],
  }),
};
for (const [name, svg] of Object.entries(charts)) {
  await writeFile(new URL(`${name}.svg`, import.meta.url), svg);
}
