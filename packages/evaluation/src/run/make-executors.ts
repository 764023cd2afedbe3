import { availableParallelism } from 'node:os';
import type { WorkSpec } from '../plan/plan-evaluation.js';
import { childExecutor } from './child-executor.js';
import type { Executor } from './executor.js';
import { localExecutor } from './local-executor.js';

/** So many worker processes, which share the processors; for 0, one in this process. */
export const makeExecutors = (
  work: WorkSpec,
  workers: number,
  signal: AbortSignal | undefined,
): Executor[] => {
  if (workers === 0) return [localExecutor(work, { signal })];
  const threads = Math.max(1, Math.floor(availableParallelism() / workers));
  return Array.from({ length: workers }, () => childExecutor(work, threads));
};
