/** Holds a run between its steps. */
export interface Gate {
  /** Resolves when the next step may be taken; rejects with the signal's reason. */
  pass(signal: AbortSignal): Promise<void>;
  pause(): void;
  resume(): void;
  /** Lets one pass, and stays closed. */
  step(): void;
}

export const gate = (paused: boolean): Gate => {
  let open = !paused;
  let passes = 0;
  let wake: () => void = () => {};
  return {
    async pass(signal) {
      while (!open && passes === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
          signal.addEventListener('abort', () => resolve(), { once: true });
        });
        signal.throwIfAborted();
      }
      if (!open) passes -= 1;
    },
    pause() {
      open = false;
      passes = 0;
    },
    resume() {
      open = true;
      wake();
    },
    step() {
      open = false;
      passes += 1;
      wake();
    },
  };
};
