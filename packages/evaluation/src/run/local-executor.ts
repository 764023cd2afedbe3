import { lazily } from '@entrgi/core';
import { loadModels } from 'entrgi';
import { loadJudge } from '../judges/load-judge.js';
import type { WorkSpec } from '../plan/plan-evaluation.js';
import type { Executor } from './executor.js';
import { runCell } from './run-cell.js';

/** Makes results in this process; models are loaded for the first one. */
export const localExecutor = (
  { models, judge }: WorkSpec,
  {
    threads,
    signal,
  }: { readonly threads?: number | undefined; readonly signal?: AbortSignal | undefined } = {},
): Executor => {
  const loaded = lazily(() => loadModels({ ...models, threads, signal }));
  // A server is asked by one process alone, which keeps to its limits.
  const judging = lazily(async () => (judge?.kind === 'classifier' ? loadJudge(judge, threads) : undefined));
  return {
    async run(cell) {
      const { denoiser, reward } = await loaded.get();
      return runCell(cell, { denoiser, reward, judge: await judging.get() }, signal);
    },
    async close() {
      await (await loaded.made())?.dispose();
      await (await judging.made())?.dispose();
    },
  };
};
