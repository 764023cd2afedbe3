import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeBackend } from '@entrgi/backend-node';
import { relaxations, rewardGuidance } from '@entrgi/core';
import { loadDenoiser } from '@entrgi/models';
import { compositeReward, loadReward, onnxReward } from '@entrgi/rewards';
import { sample } from '@entrgi/samplers';
import { denoiserDirectory, rewardDirectory } from '@entrgi/tiny-stories';
import { writeClassifier } from './write-classifier.ts';

// A directory, or an id of the hub that has onnx/model.onnx, and the label that is wanted: npm run example … main.ts MODEL LABEL
let [model, label = 'night'] = process.argv.slice(2);
const steps = Number(process.env.STEPS ?? 32);
const prompt = 'Complete this story: A boy named Finn made a snowman with a carrot nose.';

const folder = await mkdtemp(join(tmpdir(), 'entrgi-example-'));
if (model === undefined) {
  model = join(folder, 'classifier');
  await writeClassifier(model, denoiserDirectory, ['night', 'moon', 'star', 'stars', 'dark', 'sleep']);
}

const backend = nodeBackend();
const denoiser = await loadDenoiser(denoiserDirectory, { backend });
const classifier = await onnxReward(model, { backend, label });
const quality = await loadReward(rewardDirectory, { backend });
const reward = compositeReward([
  { reward: quality, weight: 1 },
  { reward: classifier, weight: 1 },
]);

for (const guidance of [undefined, rewardGuidance({ reward, relaxation: relaxations.entrgi })]) {
  for await (const event of sample({ denoiser, guidance, prompts: [prompt], steps, maxNewTokens: 32 })) {
    if (event.type === 'step-end') continue;
    const texts = event.trajectories.map(({ text }) => text);
    const scores = await classifier.score(prompt, texts);
    const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
    console.log(`${guidance === undefined ? 'unguided' : 'guided'}: ${label} ${mean.toFixed(2)}`);
    console.log(texts.map((text) => `  ${text.trim()}`).join('\n'));
  }
}
await backend.dispose();
await rm(folder, { recursive: true });
