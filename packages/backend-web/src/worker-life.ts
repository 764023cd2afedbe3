/**
 * In a worker: holds a lock as long as it lives, and tells its name. No event says that a worker has ended,
 * but whoever waits for its lock hears of it. Where there are no locks (the page is not over HTTPS, or may
 * store nothing), nothing happens.
 */
export const holdLife = async (prefix: string, told: (lock: string) => void): Promise<void> => {
  const lock = prefix + crypto.randomUUID();
  await navigator.locks
    ?.request(lock, () => {
      told(lock);
      return new Promise(() => {});
    })
    .catch(() => {});
};

/** In its page: calls `ended` when the worker that holds the lock ends, unless the signal comes first. */
export const waitForEnd = (lock: string, signal: AbortSignal, ended: () => void): void => {
  navigator.locks.request(lock, { signal }, ended).catch(() => {});
};
