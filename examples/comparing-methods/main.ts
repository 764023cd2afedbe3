import { nodeBackend } from '@entrgi/backend-node';
import { type Guidance, relaxations, rewardGuidance } from '@entrgi/core';
import { loadDenoiser } from '@entrgi/models';
import { loadReward } from '@entrgi/rewards';
import { bestOfN, sample } from '@entrgi/samplers';
import { denoiserDirectory, openings, rewardDirectory } from '@entrgi/tiny-stories';

const steps = Number(process.env.STEPS ?? 32);
const prompts = openings
  .slice(0, Number(process.env.OPENINGS ?? 4))
  .map((text) => `Complete this story: ${text}`);

const backend = nodeBackend();
const denoiser = await loadDenoiser(denoiserDirectory, { backend });
const reward = await loadReward(rewardDirectory, { backend });

// best-of-n is sampling without guidance: what makes it that is the choice afterwards, which all of them have here.
const methods: Record<string, Guidance | undefined> = { 'best-of-4': undefined };
for (const [name, relaxation] of Object.entries(relaxations)) {
  methods[name] = rewardGuidance({ reward, relaxation });
}

console.log('method       Top@1  Avg@4  seconds');
for (const [name, guidance] of Object.entries(methods)) {
  let [top, mean, milliseconds] = [0, 0, 0];
  for await (const event of sample({ denoiser, guidance, prompts, steps, maxNewTokens: 32, seed: 1 })) {
    if (event.type === 'step-end') continue;
    const texts = event.trajectories.map(({ text }) => text);
    const { top1, avg } = await bestOfN({ reward, prompt: prompts[event.prompt]!, texts });
    top += top1 / prompts.length;
    mean += avg / prompts.length;
    milliseconds += event.timings.totalMs;
  }
  const columns = [top.toFixed(2), mean.toFixed(2), (milliseconds / 1000).toFixed(1)];
  console.log(`${name.padEnd(12)} ${columns.map((column) => column.padStart(5)).join('  ')}`);
}
await backend.dispose();
