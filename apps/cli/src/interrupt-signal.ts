import { exitStatus } from './context.js';

/** Aborts at the first Ctrl-C, so that the command ends cleanly after the step in progress; the second one ends the process at once. */
export const interruptSignal = (): AbortSignal => {
  const controller = new AbortController();
  process.on('SIGINT', () => {
    if (controller.signal.aborted) process.exit(exitStatus.interrupted);
    controller.abort();
  });
  return controller.signal;
};
