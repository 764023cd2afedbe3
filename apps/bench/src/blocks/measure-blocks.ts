import { nodeBackend } from '@entrgi/backend-node';
import { loadDenoiser, type QuantizeProgress } from '@entrgi/models';
import { loadReward } from '@entrgi/rewards';
import { appendBlocks, readBlocks, resultOf } from './block-journal.js';
import { blockModels, blockReward } from './block-models.js';
import { type BlockRun, blockDirectory, runBlocks } from './run-blocks.js';

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
  const layers = run.layers ?? Number(blockModels[run.model].shape(undefined).config.num_hidden_layers);
  if (prepare) return prepareBlocks(run);
  if (!again && resultOf(readBlocks(file), run, layers) !== undefined) {
    console.error(`${run.row}: it is in ${file}; --again measures it again`);
    return;
  }
  const result = await runBlocks(run);
  appendBlocks(file, result);
  const { written, ...shown } = result;
  console.error(JSON.stringify(shown, null, 2));
};

const prepareBlocks = async (run: BlockRun): Promise<void> => {
  const { dtype, memoryLimit, model, runs } = run;
  const backend = nodeBackend({ threads: 1 });
  const { attention, blockLength } = { attention: undefined, ...blockModels[model] };
  // A canvas takes over what is made of the blocks' weights.
  for (const kind of runs === 'canvas' ? (['cached', 'canvas'] as const) : [runs]) {
    const told = attention === undefined || kind === 'canvas' ? {} : { attention, blockLength };
    const options = { backend, dtype, memoryLimit, onQuantize: tellTenths(), ...told };
    await (await loadDenoiser(blockDirectory({ ...run, runs: kind }), options)).dispose();
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
