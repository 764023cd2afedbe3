import { writeFailure } from '@entrgi/onnx/node';
import { exitStatus } from './context.js';
import { describeError } from './describe-error.js';

/** What aborts a command: its exit status, and whether anybody is told. */
export class Interruption extends Error {
  constructor(
    readonly status: number,
    readonly isQuiet = false,
  ) {
    super('Interrupted.');
    this.name = 'AbortError';
  }
}

/** 128 plus the number of the signal, as shells have it. */
const statuses: Readonly<Partial<Record<NodeJS.Signals, number>>> = {
  SIGINT: exitStatus.interrupted,
  SIGTERM: 143,
  SIGHUP: 129,
};

/**
 * Aborts at the first Ctrl-C, SIGTERM or SIGHUP, so that the command puts everything in order; the second one ends the process at once. Aborts
 * without a word where nobody reads the output any more (`entrgi … | head`), and with one where it cannot be written.
 */
export const interruptSignal = (
  stdout: NodeJS.WritableStream,
  stderr: NodeJS.WritableStream,
): AbortSignal => {
  const controller = new AbortController();
  for (const [name, status] of Object.entries(statuses)) {
    process.on(name, () => {
      if (controller.signal.aborted) endBy(name as NodeJS.Signals);
      controller.abort(new Interruption(status));
    });
  }
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return controller.abort(new Interruption(exitStatus.success, true));
    if (process.exitCode === exitStatus.error) return;
    // Told on the other stream; where that is gone as well, nobody is left to tell.
    stderr.write(`entrgi: ${describeError(writeFailure(error, 'standard output'))}\n`);
    process.exitCode = exitStatus.error;
    controller.abort(new Interruption(exitStatus.error, true));
  });
  stderr.on('error', () => {});
  return controller.signal;
};

/** Longest wait for a native call that is still running when all else has ended, in milliseconds. */
const lastGrace = 300;

/**
 * Lets the process end by itself, with its exit status, if nothing is running any more. While the worker thread is inside the runtime it cannot end: the
 * thread would be waited for. It dies by the signal then, which shells report as the same status.
 */
export const endSoon = ({ status }: Interruption): void => {
  const signal = Object.entries(statuses).find(([, each]) => each === status)?.[0] ?? 'SIGINT';
  setTimeout(() => endBy(signal as NodeJS.Signals), lastGrace).unref();
};

const endBy = (signal: NodeJS.Signals): void => {
  for (const stream of [process.stdout, process.stderr]) {
    // Whoever hid the cursor no longer gets to show it.
    if (stream.isTTY) stream.write('\u001b[?25h');
  }
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
};
