import { generate, loadModels, type MethodName, openings } from 'entrgi';

const steps = Number(process.env.STEPS ?? 32);
const prompts = openings
  .slice(0, Number(process.env.OPENINGS ?? 4))
  .map((text) => `Complete this story: ${text}`);
const methods: readonly MethodName[] = ['bon', 'aps', 'entrgi', 'expectation'];

const models = await loadModels();
const { denoiser, reward } = models;

console.log('method       Top@1  Avg@4  seconds');
for (const method of methods) {
  let [top, mean, milliseconds] = [0, 0, 0];
  for (const prompt of prompts) {
    const result = await generate({ prompt, method, denoiser, reward, steps, maxNewTokens: 32, seed: 1 });
    top += result.reward / prompts.length;
    mean += result.avg / prompts.length;
    milliseconds += result.timings.totalMs;
  }
  const columns = [top.toFixed(2), mean.toFixed(2), (milliseconds / 1000).toFixed(1)];
  console.log(`${method.padEnd(12)} ${columns.map((column) => column.padStart(5)).join('  ')}`);
}
await models.dispose();
