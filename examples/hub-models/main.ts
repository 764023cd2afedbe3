import { type DownloadProgress, loadModels, stream, type WeightDtype } from 'entrgi';

// npm run example examples/hub-models/main.ts Dream-org/Dream-v0-Instruct-7B Skywork/Skywork-Reward-V2-Qwen3-0.6B "PROMPT" q4
const [
  denoiserSource,
  rewardSource,
  prompt = 'Complete this story: There once was a train that was too shy to whistle.',
  dtype = 'fp32',
] = process.argv.slice(2);
const steps = Number(process.env.STEPS ?? 32);

const onProgress = ({ id, allLoadedBytes, allTotalBytes }: DownloadProgress) => {
  const percent = Math.floor((100 * allLoadedBytes) / (allTotalBytes || 1));
  process.stderr.write(`\r${id} ${percent} %`);
};

// Downloaded once, into the cache that all tools of the hub share; packed into 4 bits once, beside it. The embedded models where none is named.
const models = await loadModels({
  denoiser: denoiserSource,
  reward: rewardSource,
  dtype: dtype as WeightDtype,
  onProgress,
});
const { denoiser, reward } = models;

// One trajectory, and blocks whose surroundings are kept: what a processor without a GPU can bear.
const block = denoiser.openBlock === undefined ? {} : { cacheBlocks: true, blockLength: 16 };
const events = stream({ prompt, denoiser, reward, trajectories: 1, steps, maxNewTokens: 32, ...block });
for await (const event of events) {
  if (event.type === 'step-end') {
    const first = event.rewards?.first[0] ?? Number.NaN;
    process.stderr.write(`\rstep ${event.step} of ${event.steps}, reward ${first.toFixed(2)}  `);
    continue;
  }
  const { text, reward: reached, timings } = event.result;
  console.log(`\n${text.trim()}\nreward ${reached.toFixed(2)}, ${(timings.totalMs / 1000).toFixed(1)} s`);
}
await models.dispose();
