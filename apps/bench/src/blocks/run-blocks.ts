import { loadavg } from 'node:os';
import { nodeBackend } from '@entrgi/backend-node';
import { relaxations, rewardGuidance, type Session } from '@entrgi/core';
import { loadDenoiser, type WeightDtype } from '@entrgi/models';
import { loadReward } from '@entrgi/rewards';
import { orders, presets, sample, schedules } from '@entrgi/samplers';
import { rewardCheckpoint } from '../checkpoints/models.js';
import { machine } from '../measure/machine.js';
import { processMemory } from '../measure/memory.js';
import { median } from '../measure/statistics.js';
import { matrix } from '../workloads/matrix.js';
import { type BlockModel, type BlockModelName, blockCheckpoint, blockModels } from './block-models.js';

export interface BlockRun {
  readonly model: BlockModelName;
  /** Layers, where not all. */
  readonly layers?: number | undefined;
  readonly dtype: WeightDtype;
  readonly promptLength: number;
  readonly length: number;
  /** Tokens that a step commits. */
  readonly commits: number;
  readonly cached: boolean;
  /** Whether a reward of the 0.6B shape guides every step. */
  readonly guided: boolean;
  readonly int8Activations: boolean;
  readonly memoryLimit?: number | undefined;
  readonly threads: number;
  readonly cache: string;
}

/** One response of a block model with random weights, so many tokens a step, and what it took. */
export const runBlocks = async (options: BlockRun) => {
  const { model, layers, dtype, promptLength, length, commits, cached, guided, threads, cache } = options;
  const { memoryLimit, int8Activations } = options;
  const { blockLength, ...own }: BlockModel = blockModels[model];
  const directory = blockCheckpoint(model, layers, cache);
  const inner = nodeBackend({ threads });
  let tokens = 0;
  const counted: typeof inner = {
    ...inner,
    async createSession(...source) {
      const session = await inner.createSession(...source);
      // A mixture's first part has the tokens; those behind it have what came of them.
      const run: Session['run'] = (feeds, how) => {
        tokens += feeds.ids?.dims.reduce((product, size) => product * size, 1) ?? 0;
        return session.run(feeds, how);
      };
      return { ...session, run };
    },
  };
  const start = performance.now();
  const attention = own.attention === undefined ? {} : { attention: own.attention, blockLength };
  const denoiser = await loadDenoiser(directory, {
    backend: counted,
    dtype,
    memoryLimit,
    ...(int8Activations ? { int8Activations } : {}),
    ...attention,
  });
  const reward = guided
    ? await loadReward(rewardCheckpoint('0.6b', cache)!, { backend: inner, dtype })
    : undefined;
  const loadSeconds = (performance.now() - start) / 1000;
  const prefix = Int32Array.from({ length: promptLength }, (_, i) => 4 + ((i * 7919) % 1900));
  const { guidance } = presets.published;
  const seconds: number[] = [];
  const denoiserSeconds: number[] = [];
  tokens = 0;
  let written: readonly number[] = [];
  for await (const event of sample({
    denoiser: { ...denoiser, encodePrompt: () => prefix },
    prompts: ['an opening'],
    trajectories: 1,
    maxNewTokens: length,
    steps: Math.ceil(length / commits),
    temperature: 0.7,
    order: orders.maskgitPlus,
    schedule: schedules.even,
    deprioritizeEos: false,
    stopAtEnd: false,
    cacheBlocks: cached,
    ...(reward === undefined
      ? {}
      : { guidance: rewardGuidance({ ...guidance, relaxation: relaxations.entrgi, reward }) }),
  })) {
    if (event.type === 'step-end') {
      seconds.push(event.timings.totalMs / 1000);
      denoiserSeconds.push(event.timings.denoiserMs / 1000);
    } else written = [...event.trajectories[0]!.tokenIds];
  }
  const memory = processMemory(process.pid);
  await reward?.dispose();
  await denoiser.dispose();
  await inner.dispose();
  const rate = await matrixRate(threads);
  const total = seconds.reduce((sum, each) => sum + each, 0);
  const count = layers ?? layersOf(model);
  const { active, experts } = own;
  const perToken = active.first + (count - 1) * active.layer;
  // Of a step behind what is kept: the block's tokens through all layers, and logits where masks are, at most of all of them.
  const operations = 2 * blockLength * (perToken + active.head);
  const touched = (tokens: number) =>
    experts === undefined ? 0 : experts.count * (1 - (1 - experts.chosen / experts.count) ** tokens);
  return {
    ...{ model, layers: count, dtype, promptLength, length, commits, cached, guided, threads },
    loadSeconds,
    steps: seconds.length,
    denoiserTokens: tokens,
    secondsPerStep: median(seconds),
    denoiserSecondsPerStep: median(denoiserSeconds),
    tokensPerSecond: length / total,
    floor: {
      gigaflops: rate / 1e9,
      secondsPerStep: operations / rate,
      tokensPerSecond: (commits * rate) / operations,
      expertsChosen: touched(blockLength),
      expertGigabytes: ((count - 1) * touched(blockLength) * (experts?.weights ?? 0) * 5) / 8e9,
    },
    residentGB: memory && memory.resident / 1e9,
    peakGB: memory && memory.peak / 1e9,
    load: loadavg()[0]!,
    machine: machine(),
    written,
  };
};

const layersOf = (model: BlockModelName): number =>
  Number((blockModels[model] as BlockModel).shape().config.num_hidden_layers);

/** Floating-point operations a second, the best of some products: another process makes one slower, none faster. */
const matrixRate = async (threads: number): Promise<number> => {
  const product = await matrix({ size: 2048, threads });
  let best = 0;
  for (let i = 0; i < 5; i++) {
    const { seconds, units = 0 } = await product.run(i);
    best = Math.max(best, units / seconds);
  }
  await product.dispose();
  return best;
};
