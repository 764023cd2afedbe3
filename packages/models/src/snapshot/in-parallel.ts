/**
 * Does a task for every item, a few at a time. After a failure the others are aborted; nothing is running any
 * more when the promise is settled. Rejects with the first failure.
 */
export const inParallel = async <T>(
  items: readonly T[],
  { limit, signal }: { readonly limit: number; readonly signal: AbortSignal },
  task: (item: T, signal: AbortSignal) => Promise<void>,
): Promise<void> => {
  const own = new AbortController();
  const stop = () => own.abort(signal.reason);
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  const queue = items.values();
  const work = async () => {
    for (const item of queue) {
      own.signal.throwIfAborted();
      await task(item, own.signal);
    }
  };
  const workers = Array.from({ length: limit }, () =>
    work().catch((failure: unknown) => {
      own.abort(failure);
    }),
  );
  await Promise.all(workers);
  signal.removeEventListener('abort', stop);
  own.signal.throwIfAborted();
};
