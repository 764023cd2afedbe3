import { requireWhole } from '@entrgi/core/internal';
import type { Journal } from '../journal/open-journal.js';
import { endpointJudge } from '../judges/endpoint-judge.js';
import { judgeLine } from '../judges/judge-line.js';
import type { Cell, EvaluationPlan } from '../plan/plan-evaluation.js';
import type { Executor } from './executor.js';
import { makeExecutors } from './make-executors.js';
import { type EvaluationProgress, progressReporter } from './progress-reporter.js';
import { defaultWorkers } from './share-machine.js';

/** What is run, where results go, and who is told. */
export interface EvaluateOptions {
  readonly plan: EvaluationPlan;
  /**
   * Only these of the plan's cells.
   * @default all
   */
  readonly cells?: readonly Cell[] | undefined;
  readonly journal: Journal;
  /**
   * Processes that work at the same time; 0: this one.
   * @default one per processor, as far as the memory goes
   */
  readonly workers?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: EvaluationProgress) => void) | undefined;
}

/**
 * Makes the results that a plan wants and a journal does not have, in worker processes that share the
 * processors, and adds each when it is there.
 * @throws the first error of a worker, and the signal's reason; the journal keeps what it has
 */
export const evaluate = async (options: EvaluateOptions): Promise<void> => {
  const { plan, cells = plan.cells, journal, signal, onProgress } = options;
  signal?.throwIfAborted();
  const missing = cells.filter(({ key }) => !journal.has(key));
  const workers = options.workers ?? defaultWorkers(missing.length, plan.modelBytes);
  requireWhole('workers', workers, 0);
  const report = progressReporter(cells, missing, Math.max(1, workers), onProgress);
  report();
  if (missing.length === 0) return;
  const executors = makeExecutors(plan, Math.min(workers, missing.length), signal);
  const stop = () => void Promise.all(executors.map((executor) => executor.close()));
  signal?.addEventListener('abort', stop, { once: true });
  const asked = plan.judge?.kind === 'endpoint' ? endpointJudge(plan.judge.options) : undefined;
  const queue = missing.values();
  let failure: { readonly error: unknown } | undefined;
  const work = async (executor: Executor): Promise<void> => {
    for (const cell of queue) {
      if (failure !== undefined || signal?.aborted) return;
      const start = performance.now();
      const line = await executor.run(cell);
      await journal.add(await judgeLine(line, asked, signal));
      report(cell, (performance.now() - start) / 1000);
    }
  };
  try {
    await Promise.all(
      executors.map((executor) =>
        work(executor).catch((error) => {
          failure ??= { error };
          stop();
        }),
      ),
    );
    signal?.throwIfAborted();
    if (failure !== undefined) throw failure.error;
  } finally {
    signal?.removeEventListener('abort', stop);
    await Promise.all(executors.map((executor) => executor.close()));
  }
};
