import { loadavg } from 'node:os';
import { nodeBackend } from '@entrgi/backend-node';
import { relaxations, rewardGuidance, type Session } from '@entrgi/core';
import { type LoadDenoiserOptions, loadDenoiser, type WeightDtype } from '@entrgi/models';
import { loadReward } from '@entrgi/rewards';
import { orders, presets, sample, schedules } from '@entrgi/samplers';
import { machine } from '../measure/machine.js';
import { processMemory } from '../measure/memory.js';
import { median } from '../measure/statistics.js';
import { type BlockFloor, blockFloor } from './block-floor.js';
import {
  type BlockModel,
  blockCheckpoint,
  blockModels,
  blockReward,
  canvasCheckpoint,
  layersOf,
} from './block-models.js';
import type { BlockRow, BlockRowName } from './block-rows.js';
import { machineRates } from './machine-rates.js';

/** A row, and how it is run here. */
export interface BlockRun extends BlockRow {
  readonly row: BlockRowName;
  /** Layers, where not all. */
  readonly layers?: number | undefined;
  readonly dtype: WeightDtype;
  readonly int8Activations: boolean;
  readonly threads: number;
  readonly memoryLimit?: number | undefined;
  readonly cache: string;
}

/** What a run is known by, and what it took. */
export interface BlockResult extends Omit<BlockRun, 'memoryLimit' | 'cache' | 'timed' | 'layers'> {
  readonly layers: number;
  readonly steps: number;
  /** Steps that were run: the first ones. */
  readonly timed: number;
  readonly loadSeconds: number;
  /** Median, and the denoiser's part. */
  readonly secondsPerStep: number;
  readonly denoiserSecondsPerStep: number;
  /** Processor time of the process, median; other programs change it less than the time that passes. */
  readonly processorSecondsPerStep?: number;
  /** Of a mixture: experts that a layer of them computes in a step, median. */
  readonly expertsPerLayer?: number;
  /** Of all steps; where not all were run, by the median. */
  readonly seconds: number;
  /** Tokens that go through the denoiser in all steps, the prompt's among them. */
  readonly denoiserTokens: number;
  /** Of the denoiser's step; absent where a reward takes its time, too. */
  readonly floor?: BlockFloor;
  readonly residentGB?: number | undefined;
  readonly peakGB?: number | undefined;
  readonly load: number;
  readonly machine: ReturnType<typeof machine>;
  /** The response after the last step that was run; −1 where nothing stands yet. */
  readonly written: readonly number[];
}

/** One response of a block model with random weights, so many tokens a step, and what it took. */
export const runBlocks = async (options: BlockRun): Promise<BlockResult> => {
  const { row, model, dtype, promptLength, length, commits, runs, guided, threads, cache } = options;
  const { memoryLimit, int8Activations } = options;
  const layers = layersOf(model, options.layers);
  const own: BlockModel = blockModels[model];
  const inner = nodeBackend({ threads });
  let tokens = 0;
  let experts = 0;
  const counted: typeof inner = {
    ...inner,
    async createSession(...source) {
      const session = await inner.createSession(...source);
      // A mixture's first part has the tokens; those behind it have what came of them.
      const run: Session['run'] = (feeds, how) => {
        tokens += feeds.ids?.dims.reduce((product, size) => product * size, 1) ?? 0;
        if (isExpert(session)) experts++;
        return session.run(feeds, how);
      };
      return { ...session, run };
    },
  };
  const start = performance.now();
  const denoiser = await loadDenoiser(blockDirectory(options), {
    backend: counted,
    dtype,
    memoryLimit,
    ...(int8Activations ? { int8Activations } : {}),
    ...attentionOf(options),
  });
  const reward = guided
    ? await loadReward(blockReward(options.layers, cache), { backend: inner, dtype })
    : undefined;
  const loadSeconds = (performance.now() - start) / 1000;
  const prefix = Int32Array.from({ length: promptLength }, (_, i) => 4 + ((i * 7919) % 1900));
  const { guidance } = presets.published;
  const seconds: number[] = [];
  const denoiserSeconds: number[] = [];
  const processorSeconds: number[] = [];
  const expertsRun: number[] = [];
  const asked = Math.ceil(length / commits);
  const { timed = Number.POSITIVE_INFINITY } = options;
  let steps = asked;
  let written: readonly number[] = [];
  tokens = 0;
  experts = 0;
  let used = process.cpuUsage();
  for await (const event of sample({
    denoiser: { ...denoiser, encodePrompt: () => prefix },
    prompts: ['an opening'],
    trajectories: 1,
    maxNewTokens: length,
    steps: asked,
    temperature: 0.7,
    order: orders.maskgitPlus,
    schedule: schedules.even,
    deprioritizeEos: false,
    stopAtEnd: false,
    cacheBlocks: runs === 'cached',
    ...(reward === undefined
      ? {}
      : { guidance: rewardGuidance({ ...guidance, relaxation: relaxations.entrgi, reward }) }),
  })) {
    if (event.type !== 'step-end') continue;
    steps = event.steps;
    seconds.push(event.timings.totalMs / 1000);
    denoiserSeconds.push(event.timings.denoiserMs / 1000);
    const { user, system } = process.cpuUsage(used);
    processorSeconds.push((user + system) / 1e6);
    expertsRun.push(experts);
    experts = 0;
    used = process.cpuUsage();
    written = Array.from(event.tokenIds, (id) => (id === denoiser.vocabulary.maskId ? -1 : id));
    if (seconds.length >= timed) break;
  }
  const memory = processMemory(process.pid);
  await reward?.dispose();
  await denoiser.dispose();
  await inner.dispose();
  const isWhole = seconds.length === steps;
  const secondsPerStep = median(seconds);
  const expertsPerLayer = own.experts === undefined ? undefined : median(expertsRun) / (layers - 1);
  return {
    ...{ row, model, layers, dtype, int8Activations, threads, promptLength, length, commits, runs, guided },
    ...{ steps, timed: seconds.length, loadSeconds, secondsPerStep },
    denoiserSecondsPerStep: median(denoiserSeconds),
    processorSecondsPerStep: median(processorSeconds),
    ...(expertsPerLayer === undefined ? {} : { expertsPerLayer }),
    seconds: isWhole ? seconds.reduce((sum, each) => sum + each, 0) : secondsPerStep * steps,
    denoiserTokens: Math.round((tokens / seconds.length) * steps),
    ...(guided ? {} : { floor: await floorOf(options, layers, expertsPerLayer) }),
    residentGB: memory && memory.resident / 1e9,
    peakGB: memory && memory.peak / 1e9,
    load: loadavg()[0]!,
    machine: machine(),
    written,
  };
};

/** A session of an expert has the rows that chose it, and nothing else. */
const isExpert = ({ inputNames }: Session): boolean => inputNames.length === 1 && inputNames[0] === 'x';

/** How its loader is told what its config.json does not say. */
export const attentionOf = ({
  model,
  runs,
}: Pick<BlockRow, 'model' | 'runs'>): Pick<LoadDenoiserOptions, 'attention' | 'blockLength'> => {
  const { attention, blockLength }: BlockModel = blockModels[model];
  return attention === undefined || runs === 'canvas' ? {} : { attention, blockLength };
};

/** Where the checkpoint lies. Makes it if need be. */
export const blockDirectory = ({ model, layers, runs, cache }: BlockRun): string => {
  const blocks = blockCheckpoint(model, layers, cache);
  return runs === 'canvas' ? canvasCheckpoint(blocks) : blocks;
};

const floorOf = async (
  { runs, dtype, promptLength, length, threads, model }: BlockRun,
  layers: number,
  touched: number | undefined,
): Promise<BlockFloor> => {
  const own: BlockModel = blockModels[model];
  const { blockLength } = own;
  // Logits are asked for at masks: half of a block, or of the canvas, on average.
  const tokens = runs === 'cached' ? blockLength : promptLength + length;
  const rows = (runs === 'canvas' ? length : blockLength) / 2;
  return blockFloor(own, { layers, tokens, rows, dtype, touched }, await machineRates(threads));
};
