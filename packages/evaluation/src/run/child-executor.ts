import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { BackendError } from '@entrgi/core';
import type { JournalLine } from '../journal/journal-line.js';
import type { Cell, WorkSpec } from '../plan/plan-evaluation.js';
import { workerEntry } from '../worker-entry.js';
import type { Executor } from './executor.js';
import { failureError } from './failure-error.js';
import type { FromWorker, ToWorker } from './worker-message.js';

/** How often a result is tried for which the process dies. */
const ATTEMPTS = 3;

/**
 * Makes results in a process of its own, which is started for the first one, and again where it has died.
 * @throws BackendError for a result for which it dies three times
 */
export const childExecutor = (work: WorkSpec, threads: number | undefined): Executor => {
  let child: ChildProcess | undefined;
  let isClosed = false;
  const tell = (message: ToWorker) => child!.send(message);
  const start = (): void => {
    child = fork(fileURLToPath(workerEntry), {
      serialization: 'advanced',
      // What it prints is no result; errors are for whoever looks.
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      execArgv: process.execArgv.filter((flag) => !flag.startsWith('--input-type')),
    });
    tell({ type: 'work', work, threads });
  };
  const attempt = (cell: Cell): Promise<JournalLine | undefined> => {
    if (child === undefined) start();
    const worker = child!;
    return new Promise((resolve, reject) => {
      const done = () => worker.off('message', onMessage).off('exit', onExit).off('error', onExit);
      const onMessage = (message: FromWorker) => {
        done();
        if (message.type === 'line') resolve(message.line);
        else reject(failureError(message.failure));
      };
      const onExit = () => {
        done();
        if (child === worker) child = undefined;
        resolve(undefined);
      };
      worker.on('message', onMessage).on('exit', onExit).on('error', onExit);
      tell({ type: 'cell', cell });
    });
  };
  return {
    async run(cell) {
      for (let i = 0; i < ATTEMPTS && !isClosed; i++) {
        const line = await attempt(cell);
        if (line !== undefined) return line;
      }
      throw new BackendError(
        `A worker process died ${ATTEMPTS} times over ${cell.method}, seed ${cell.seed}: ${JSON.stringify(cell.prompt)}.`,
        { value: cell.key, hint: 'It may have run out of memory: take fewer workers.' },
      );
    },
    async close() {
      isClosed = true;
      child?.kill('SIGKILL');
    },
  };
};
