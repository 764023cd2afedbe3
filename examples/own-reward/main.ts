import { compositeReward, generate, loadModels } from 'entrgi';
import { wordReward } from './word-reward.ts';

const steps = Number(process.env.STEPS ?? 32);
const prompt = 'Complete this story: Rosie the cow packed some grass in a bag.';

const models = await loadModels();
const { denoiser, reward: quality } = models;
const words = wordReward(['sea', 'water', 'boat', 'beach', 'fish', 'swim']);

// Words alone would give a list of words; a model that knows stories keeps it a story.
for (const weight of [0, 5]) {
  const reward = compositeReward([
    { reward: quality, weight: 1 },
    { reward: words, weight },
  ]);
  const { text } = await generate({ prompt, denoiser, reward, steps, maxNewTokens: 32 });
  const [count] = await words.score(prompt, [text]);
  console.log(`weight ${weight}: ${count} of the words\n  ${text.trim()}`);
}
await models.dispose();
