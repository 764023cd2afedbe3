// A process of its own, whose environment names a software renderer: the same on the processor and on WebGPU. Standard output: both, as JSON.
import { type NodeDevice, nodeBackend } from '@entrgi/backend-node';
import { filters, optimizers, rewardGuidance } from '@entrgi/core';
import { loadDenoiser } from '@entrgi/models';
import { loadReward } from '@entrgi/rewards';
import { sample } from '@entrgi/samplers';
import { denoiserDirectory, openings, rewardDirectory } from '@entrgi/tiny-stories';

export interface DeviceRun {
  /** Of each prompt. */
  readonly tokenIds: number[][];
  /** Of each prompt, before the first update and by the text in the end. */
  readonly rewards: number[][];
  /** A response of which many tokens are settled: its reward, and the scores of its last token. */
  readonly settled: number[];
}

const prompts = openings.slice(0, 20).map((opening) => `Complete this story: ${opening}`);

const runOn = async (device: NodeDevice): Promise<DeviceRun> => {
  const backend = nodeBackend({ device });
  const denoiser = await loadDenoiser(denoiserDirectory, { backend });
  const reward = await loadReward(rewardDirectory, { backend });
  const run: DeviceRun = { tokenIds: [], rewards: [], settled: [] };
  const guidance = rewardGuidance({ reward, optimizer: optimizers.adam(0.5), guidanceSteps: 2 });
  for (const prompt of prompts) {
    const firsts: number[] = [];
    for await (const event of sample({
      denoiser,
      prompts: [prompt],
      guidance,
      trajectories: 1,
      maxNewTokens: 8,
      steps: 2,
      temperature: 0.1,
      filters: [filters.topP(0.95)],
      stopAtEnd: false,
      seed: 1,
    })) {
      if (event.type === 'step-end') firsts.push(...(event.rewards?.first ?? []));
      else {
        const texts = event.trajectories.map(({ text }) => text);
        run.tokenIds.push(event.trajectories.flatMap(({ tokenIds }) => [...tokenIds]));
        run.rewards.push([firsts[0]!, ...(await reward.score(prompt, texts))]);
      }
    }
  }
  const { vocabulary } = denoiser;
  const context = await reward.open({ prompt: prompts[0]!, vocabulary, length: 12 });
  const { values, tokenScores } = await context.evaluate({
    trajectories: 1,
    tokenIds: Int32Array.from({ length: 12 }, (_, i) => 300 + i),
    attention: new Uint8Array(12).fill(1),
    rows: Int32Array.of(11),
    probs: new Float32Array(vocabulary.size).fill(1 / vocabulary.size),
    weights: Float32Array.of(0.5),
  });
  run.settled.push(...values, ...tokenScores);
  await backend.dispose();
  return run;
};

process.stdout.write(JSON.stringify([await runOn('cpu'), await runOn('webgpu')]));
