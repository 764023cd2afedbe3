import { exitStatus } from './context.js';

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
 * Aborts at the first Ctrl-C, SIGTERM or SIGHUP, so that the command ends cleanly after the step in progress; the second one ends the process at
 * once. Aborts without a word where nobody reads the output any more (`entrgi … | head`).
 */
export const interruptSignal = (stdout: NodeJS.WritableStream): AbortSignal => {
  const controller = new AbortController();
  for (const [name, status] of Object.entries(statuses)) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(status);
      controller.abort(new Interruption(status));
    });
  }
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') controller.abort(new Interruption(exitStatus.success, true));
  });
  return controller.signal;
};
