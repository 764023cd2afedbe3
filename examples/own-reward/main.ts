import { nodeBackend } from '@entrgi/backend-node';
import { relaxations, rewardGuidance } from '@entrgi/core';
import { loadDenoiser } from '@entrgi/models';
import { compositeReward, loadReward } from '@entrgi/rewards';
import { bestOfN, sample } from '@entrgi/samplers';
import { denoiserDirectory, rewardDirectory } from '@entrgi/tiny-stories';
import { wordReward } from './word-reward.ts';

const steps = Number(process.env.STEPS ?? 32);
const prompt = 'Complete this story: Rosie the cow packed some grass in a bag.';

const backend = nodeBackend();
const denoiser = await loadDenoiser(denoiserDirectory, { backend });
const words = wordReward(['sea', 'water', 'boat', 'beach', 'fish', 'swim']);
const quality = await loadReward(rewardDirectory, { backend });

// Words alone would give a list of words; a model that knows stories keeps it a story.
for (const weight of [0, 5]) {
  const reward = compositeReward([
    { reward: quality, weight: 1 },
    { reward: words, weight },
  ]);
  const guidance = rewardGuidance({ reward, relaxation: relaxations.entrgi });
  for await (const event of sample({ denoiser, guidance, prompts: [prompt], steps, maxNewTokens: 32 })) {
    if (event.type === 'step-end') continue;
    const texts = event.trajectories.map(({ text }) => text);
    const { best } = await bestOfN({ reward, prompt, texts });
    const [count] = await words.score(prompt, [best.text]);
    console.log(`weight ${weight}: ${count} of the words\n  ${best.text.trim()}`);
  }
}
await backend.dispose();
