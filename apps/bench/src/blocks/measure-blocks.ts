import { nodeBackend } from '@entrgi/backend-node';
import { loadDenoiser, type QuantizeProgress } from '@entrgi/models';
import { loadReward } from '@entrgi/rewards';
import { appendRecord, readRecords } from '../measure/records.js';
import { resultOf } from './block-journal.js';
import { blockReward, layersOf } from './block-models.js';
import { attentionOf, type BlockResult, type BlockRun, blockDirectory, runBlocks } from './run-blocks.js';

export interface MeasureBlocksOptions {
  readonly file: string;
  /** Whether a result that is there is measured again. */
  readonly again: boolean;
  /** Whether only what takes long is made: the weights, and what is rounded of them. */
  readonly prepare: boolean;
}

/** Measures a run and adds it to a file, unless it is there. */
export const measureBlocks = async (
  run: BlockRun,
  { file, again, prepare }: MeasureBlocksOptions,
): Promise<void> => {
  if (prepare) return prepareBlocks(run);
  const layers = layersOf(run.model, run.layers);
  if (!again && resultOf(readRecords<BlockResult>(file), run, layers) !== undefined) {
    console.error(`${run.row}: it is in ${file}; --again measures it again`);
    return;
  }
  const result = await runBlocks(run);
  appendRecord(file, result);
  const { written, ...shown } = result;
  console.error(JSON.stringify(shown, null, 2));
};

const prepareBlocks = async (run: BlockRun): Promise<void> => {
  const { dtype, memoryLimit, runs } = run;
  const backend = nodeBackend({ threads: 1 });
  // A canvas takes over what is made of the blocks' weights.
  for (const kind of runs === 'canvas' ? (['cached', 'canvas'] as const) : [runs]) {
    const part = { ...run, runs: kind };
    const options = { backend, dtype, memoryLimit, onQuantize: tellTenths(), ...attentionOf(part) };
    await (await loadDenoiser(blockDirectory(part), options)).dispose();
  }
  if (run.guided) {
    const options = { backend, dtype, onQuantize: tellTenths() };
    const reward = await loadReward(blockReward(run.layers, run.cache), options);
    await reward.dispose();
  }
  await backend.dispose();
};

const tellTenths = () => {
  let told = -1;
  return ({ name, doneBytes, totalBytes }: QuantizeProgress): void => {
    const tenths = Math.floor((10 * doneBytes) / totalBytes);
    if (tenths > told) console.error(`${name}: ${10 * tenths} % of its weights are rounded`);
    told = tenths;
  };
};
