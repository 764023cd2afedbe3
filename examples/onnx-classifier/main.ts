import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compositeReward, denoiserDirectory, generate, loadModels, loadReward, nodeBackend } from 'entrgi';
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
const models = await loadModels();
const { denoiser, reward: quality } = models;
const classifier = await loadReward(model, { backend, label });
const reward = compositeReward([
  { reward: quality, weight: 1 },
  { reward: classifier, weight: 1 },
]);

for (const method of ['bon', 'entrgi'] as const) {
  const { trajectories } = await generate({ prompt, method, denoiser, reward, steps, maxNewTokens: 32 });
  const texts = trajectories.map(({ text }) => text);
  const scores = await classifier.score(prompt, texts);
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  console.log(`${method === 'bon' ? 'unguided' : 'guided'}: ${label} ${mean.toFixed(2)}`);
  console.log(texts.map((text) => `  ${text.trim()}`).join('\n'));
}
await Promise.all([models.dispose(), backend.dispose()]);
await rm(folder, { recursive: true });
