/** Longest that the end of the process is delayed, in milliseconds. */
const PATIENCE = 60_000;

export interface ExitGuard {
  /** For the worker: [calls in progress, whether the process is ending]. */
  readonly shared: SharedArrayBuffer;
  release(): void;
}

/**
 * Delays the end of the process until native calls in the worker have returned: stopping a thread inside
 * onnxruntime aborts the process (SIGABRT instead of the exit status that was asked for). Node itself waits
 * for the thread, too, so a program that must end while a model computes has to die by a signal. Calls that
 * have not begun never begin.
 */
export const exitGuard = (): ExitGuard => {
  const shared = new SharedArrayBuffer(8);
  const state = new Int32Array(shared);
  const wait = (): void => {
    Atomics.store(state, 1, 1);
    for (let calls = Atomics.load(state, 0); calls > 0; calls = Atomics.load(state, 0)) {
      if (Atomics.wait(state, 0, calls, PATIENCE) === 'timed-out') return;
    }
  };
  process.on('exit', wait);
  return { shared, release: () => void process.off('exit', wait) };
};
