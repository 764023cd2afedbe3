import { lazily } from '@entrgi/core/internal';
import { loadPerplexity } from '@entrgi/transformers';
import { loadModels } from 'entrgi';
import { loadJudge } from '../judges/load-judge.js';
import type { WorkSpec } from '../plan/plan-evaluation.js';
import type { Executor } from './executor.js';
import { runCell } from './run-cell.js';

/** Makes results in this process; models are loaded for the first one. */
export const localExecutor = (
  { models, judge, perplexity }: WorkSpec,
  {
    threads,
    signal,
  }: { readonly threads?: number | undefined; readonly signal?: AbortSignal | undefined } = {},
): Executor => {
  const loaded = lazily(() => loadModels({ ...models, threads, signal }));
  // A server is asked by one process alone, which keeps to its limits.
  const judging = lazily(async () => (judge?.kind === 'classifier' ? loadJudge(judge, threads) : undefined));
  const perplexing = lazily(async () => (perplexity === undefined ? undefined : loadPerplexity(perplexity)));
  return {
    async run(cell) {
      const { denoiser, reward } = await loaded.get();
      const rating = { judge: await judging.get(), perplexity: await perplexing.get() };
      return runCell(cell, { denoiser, reward, ...rating }, signal);
    },
    async close() {
      await (await loaded.made())?.dispose();
      await (await judging.made())?.dispose();
      await (await perplexing.made())?.dispose();
    },
  };
};
