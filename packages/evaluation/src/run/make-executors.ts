import type { EvaluationPlan } from '../plan/plan-evaluation.js';
import { childExecutor } from './child-executor.js';
import type { Executor } from './executor.js';
import { localExecutor } from './local-executor.js';
import { threadsEach } from './share-machine.js';

/** So many worker processes, which share the processors; for 0, one in this process. */
export const makeExecutors = (
  { pairs, judge, perplexity, modelBytes }: EvaluationPlan,
  workers: number,
  signal: AbortSignal | undefined,
): Executor[] => {
  const work = { pairs, judge, perplexity };
  const threads = threadsEach(Math.max(1, workers), modelBytes);
  if (workers === 0) return [localExecutor(work, { threads, signal })];
  return Array.from({ length: workers }, () => childExecutor(work, threads));
};
