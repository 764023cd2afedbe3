import { lazily } from '@entrgi/core/internal';
import { loadPerplexity } from '@entrgi/transformers';
import { loadModels, type Models } from 'entrgi';
import { loadJudge } from '../judges/load-judge.js';
import type { Cell, ModelPair, WorkSpec } from '../plan/plan-evaluation.js';
import type { Executor } from './executor.js';
import { runCell } from './run-cell.js';

/**
 * Makes results in this process. Models are loaded for the first result that needs them, and freed for the
 * first that needs others.
 */
export const localExecutor = (
  { pairs, judge, perplexity }: WorkSpec,
  {
    threads,
    signal,
  }: { readonly threads?: number | undefined; readonly signal?: AbortSignal | undefined } = {},
): Executor => {
  let held: { readonly pair: ModelPair; readonly loading: Promise<Models> } | undefined;
  const free = async (): Promise<void> => {
    const loaded = await held?.loading.catch(() => undefined);
    held = undefined;
    await loaded?.dispose();
  };
  const modelsOf = async (cell: Cell): Promise<Models> => {
    const pair = pairOf(pairs, cell);
    if (held?.pair !== pair) {
      await free();
      const loading = loadModels({ ...pair.models, threads, signal });
      held = { pair, loading };
      // Who comes next tries again.
      loading.catch(() => {
        held = undefined;
      });
    }
    return held!.loading;
  };
  // A server is asked by one process alone, which keeps to its limits.
  const judging = lazily(async () => (judge?.kind === 'classifier' ? loadJudge(judge, threads) : undefined));
  const perplexing = lazily(async () => (perplexity === undefined ? undefined : loadPerplexity(perplexity)));
  return {
    async run(cell) {
      const { denoiser, reward } = await modelsOf(cell);
      const rating = { judge: await judging.get(), perplexity: await perplexing.get() };
      return runCell(cell, { denoiser, reward, ...rating }, signal);
    },
    async close() {
      await free();
      await (await judging.made())?.dispose();
      await (await perplexing.made())?.dispose();
    },
  };
};

/** A cell names its models by their hashes: where it was planned, they may lie in other places. */
const pairOf = (pairs: readonly ModelPair[], { recorded: { hashes } }: Cell): ModelPair => {
  const found = pairs.find(
    (pair) => pair.hashes.denoiser === hashes.denoiser && pair.hashes.reward === hashes.reward,
  );
  // Every plan has the pairs of its own cells, and a queue those of one plan.
  return found!;
};
