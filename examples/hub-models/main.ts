import { nodeBackend } from '@entrgi/backend-node';
import { relaxations, rewardGuidance } from '@entrgi/core';
import { type DownloadProgress, loadDenoiser, type WeightDtype } from '@entrgi/models';
import { loadReward } from '@entrgi/rewards';
import { bestOfN, sample } from '@entrgi/samplers';
import { denoiserDirectory, rewardDirectory } from '@entrgi/tiny-stories';

// npm run example examples/hub-models/main.ts Dream-org/Dream-v0-Instruct-7B Skywork/Skywork-Reward-V2-Qwen3-0.6B "PROMPT" q4
const [
  denoiserSource = denoiserDirectory,
  rewardSource = rewardDirectory,
  prompt = 'Complete this story: There once was a train that was too shy to whistle.',
  dtype = 'fp32',
] = process.argv.slice(2);
const steps = Number(process.env.STEPS ?? 32);

const onProgress = ({ id, allLoadedBytes, allTotalBytes }: DownloadProgress) => {
  const percent = Math.floor((100 * allLoadedBytes) / (allTotalBytes || 1));
  process.stderr.write(`\r${id} ${percent} %`);
};

const backend = nodeBackend();
// Downloaded once, into the cache that all tools of the hub share; packed into 4 bits once, beside it.
const options = { backend, dtype: dtype as WeightDtype, onProgress };
const denoiser = await loadDenoiser(denoiserSource, options);
const reward = await loadReward(rewardSource, options);
const guidance = rewardGuidance({ reward, relaxation: relaxations.entrgi });

// One trajectory, and blocks whose surroundings are kept: what a processor without a GPU can bear.
const block = denoiser.openBlock === undefined ? {} : { cacheBlocks: true, blockLength: 16 };
for await (const event of sample({
  denoiser,
  guidance,
  prompts: [prompt],
  trajectories: 1,
  steps,
  maxNewTokens: 32,
  ...block,
})) {
  if (event.type === 'step-end') {
    const first = event.rewards?.first[0] ?? Number.NaN;
    process.stderr.write(`\rstep ${event.step} of ${event.steps}, reward ${first.toFixed(2)}  `);
    continue;
  }
  const { best } = await bestOfN({ reward, prompt, texts: event.trajectories.map(({ text }) => text) });
  console.log(
    `\n${best.text.trim()}\nreward ${best.reward.toFixed(2)}, ${(event.timings.totalMs / 1000).toFixed(1)} s`,
  );
}
await backend.dispose();
