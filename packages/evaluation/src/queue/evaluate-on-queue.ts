import { BackendError } from '@entrgi/core';
import type { Queue, Worker } from 'bullmq';
import type { JournalLine } from '../journal/journal-line.js';
import type { Journal } from '../journal/open-journal.js';
import { endpointJudge } from '../judges/endpoint-judge.js';
import { judgeLine } from '../judges/judge-line.js';
import type { Cell } from '../plan/plan-evaluation.js';
import type { EvaluateOptions } from '../run/evaluate.js';
import type { Executor } from '../run/executor.js';
import { makeExecutors } from '../run/make-executors.js';
import { progressReporter } from '../run/progress-reporter.js';
import { defaultWorkers } from '../run/share-machine.js';
import { connect } from './connect.js';
import { queueName } from './queue-name.js';

/** An evaluation that several processes share by way of a queue. */
export interface QueueOptions extends EvaluateOptions {
  /** Address of a Redis: redis://host:port. */
  readonly queue: string;
  /**
   * Milliseconds after which the work of a process that is gone is given to another.
   * @default 20,000
   */
  readonly takeOver?: number | undefined;
}

/**
 * How often what is missing is looked for, in milliseconds: what a Redis that was restarted has forgotten is
 * handed in again.
 */
const lookAfter = 2000;

/** Seconds for which results are kept for others that wait for them. */
const keptFor = 24 * 3600;

/**
 * As `evaluate`, with work shared among all processes, on whatever machine, that evaluate the same on the
 * same Redis: each result is made once, and every process adds all of them to its journal. Work of a process
 * that is gone is done by another.
 * @throws NetworkError where Redis cannot be reached at first; later it is waited for
 */
export const evaluateOnQueue = async (options: QueueOptions): Promise<void> => {
  const { plan, cells = plan.cells, journal, queue: url, takeOver = 20_000, signal, onProgress } = options;
  signal?.throwIfAborted();
  const missing = new Map(cells.filter(({ key }) => !journal.has(key)).map((cell) => [cell.key, cell]));
  const workers = options.workers ?? defaultWorkers(missing.size, plan.modelBytes);
  const report = progressReporter(cells, [...missing.values()], Math.max(1, workers), onProgress);
  report();
  if (missing.size === 0) return;
  const connection = await connect(url);
  const connections = [connection];
  const another = () => {
    const duplicate = connection.duplicate();
    connections.push(duplicate);
    // It is tried again by itself; unheard, an error would be printed.
    duplicate.on('error', () => {});
    return duplicate;
  };
  const name = queueName(plan.cells);
  // Large, and not needed by most.
  const bullmq = await import('bullmq');
  const queue = new bullmq.Queue<JobData, JournalLine>(name, { connection });
  const events = new bullmq.QueueEvents(name, { connection: another() });
  const executors = makeExecutors(plan, workers, signal);
  const worker = workerOf(bullmq, name, { executors, options, connection: another(), takeOver });
  // They try again by themselves; unheard, an error would end the process.
  const ignore = () => {};
  queue.on('error', ignore);
  events.on('error', ignore);
  worker.on('error', ignore);
  try {
    await new Promise<void>((resolve, reject) => {
      const collector = collectorOf({ missing, queue, journal, report, resolve });
      const orReject = (work: Promise<void>) => void work.catch(reject);
      const stop = () => reject(signal?.reason);
      signal?.addEventListener('abort', stop, { once: true });
      events.on('completed', ({ jobId }) => orReject(collector.collect(jobId)));
      const look = async (): Promise<void> => {
        while (missing.size > 0 && !signal?.aborted) {
          await collector.look();
          await new Promise((turn) => setTimeout(turn, lookAfter).unref());
        }
      };
      orReject(look());
    });
  } finally {
    missing.clear();
    await Promise.all(executors.map((executor) => executor.close()));
    await Promise.allSettled([worker.close(true), events.close(), queue.close()]);
    for (const each of connections) each.disconnect();
  }
};

interface JobData {
  readonly cell: Cell;
}

interface WorkerPlace {
  readonly executors: readonly Executor[];
  readonly options: QueueOptions;
  readonly connection: Awaited<ReturnType<typeof connect>>;
  readonly takeOver: number;
}

const workerOf = (
  bullmq: typeof import('bullmq'),
  name: string,
  { executors, options, connection, takeOver }: WorkerPlace,
): Worker<JobData, JournalLine> => {
  const { plan, signal } = options;
  const asked = plan.judge?.kind === 'endpoint' ? endpointJudge(plan.judge.options) : undefined;
  const idle = [...executors];
  return new bullmq.Worker<JobData, JournalLine>(
    name,
    async ({ data }) => {
      // There are as many as jobs at a time.
      const executor = idle.pop()!;
      try {
        return await judgeLine(await executor.run(data.cell), asked, signal);
      } finally {
        idle.push(executor);
      }
    },
    {
      connection,
      concurrency: executors.length,
      lockDuration: takeOver,
      stalledInterval: takeOver / 2,
      // A machine may go more than once before its work is done.
      maxStalledCount: 100,
    },
  );
};

interface Collecting {
  readonly missing: Map<string, Cell>;
  readonly queue: Queue<JobData, JournalLine>;
  readonly journal: Journal;
  readonly report: (cell: Cell, seconds: number) => void;
  readonly resolve: () => void;
}

const collectorOf = ({ missing, queue, journal, report, resolve }: Collecting) => {
  const keep = async (line: JournalLine): Promise<void> => {
    await journal.add(line);
    const cell = missing.get(line.key);
    if (cell === undefined) return;
    missing.delete(line.key);
    report(cell, line.cost.seconds);
    if (missing.size === 0) resolve();
  };
  const collect = async (key: string): Promise<void> => {
    if (!missing.has(key)) return;
    const job = await queue.getJob(key);
    if (job === undefined) return hand([missing.get(key)!]);
    if (job.returnvalue !== null && job.finishedOn !== undefined) return keep(job.returnvalue);
    if (job.finishedOn !== undefined)
      throw new BackendError(`A worker failed: ${job.failedReason}`, { value: key });
  };
  const hand = async (wanted: readonly Cell[]): Promise<void> => {
    await queue.addBulk(
      wanted.map((cell) => ({
        name: cell.method,
        data: { cell },
        opts: {
          // Who comes second finds it there.
          jobId: cell.key,
          attempts: 2,
          removeOnComplete: { age: keptFor },
          removeOnFail: { age: 60 },
        },
      })),
    );
  };
  let isHanded = false;
  return {
    collect,
    /** Hands in what is not there, and takes what is done. */
    async look(): Promise<void> {
      if (!isHanded) await hand([...missing.values()]);
      isHanded = true;
      const keys = [...missing.keys()];
      for (let i = 0; i < keys.length; i += 64) await Promise.all(keys.slice(i, i + 64).map(collect));
    },
  };
};
