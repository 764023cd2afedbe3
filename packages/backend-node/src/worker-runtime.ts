import { Worker } from 'node:worker_threads';
import { type Answer, type Runtime, remoteCalls, remoteSessions } from '@entrgi/core/backend';
import { disableTelemetry } from './disable-telemetry.js';
import { exitGuard } from './exit-guard.js';

/**
 * The same runtime in a worker thread: the caller's event loop keeps turning while a session loads or runs.
 */
export const workerRuntime = (entry = new URL('./worker.js', import.meta.url)): Runtime => {
  disableTelemetry();
  const guard = exitGuard();
  const worker = new Worker(entry, {
    name: 'entrgi-backend-node',
    workerData: guard.shared,
    // That flag is for programs given as text, and a worker that inherits it dies of it.
    execArgv: withoutInputType(process.execArgv),
  });
  const calls = remoteCalls(
    (message, moved) => worker.postMessage(message, moved),
    // An idle worker must not keep the process alive.
    (idle) => (idle ? worker.unref() : worker.ref()),
  );
  const fail = (error: Error): void => {
    guard.release();
    calls.end(error);
  };
  worker.on('message', (answer: Answer) => calls.settle(answer));
  worker.on('error', (cause) => fail(new Error(`The worker thread died: ${cause.message}.`, { cause })));
  worker.on('exit', (code) => fail(new Error(`The worker thread ended with code ${code}.`)));
  worker.unref();

  return {
    ...remoteSessions(calls),
    async close() {
      if (calls.ended) return;
      const exit = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
      await calls.ask('close', []);
      worker.ref();
      await exit;
    },
  };
};

const withoutInputType = (flags: readonly string[]): string[] =>
  flags.filter((flag, i) => !flag.startsWith('--input-type') && flags[i - 1] !== '--input-type');
