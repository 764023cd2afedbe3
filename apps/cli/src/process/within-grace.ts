/**
 * What `work` comes to; where it has not ended so many milliseconds after the signal, a rejection with the signal's reason. A native call that is running in
 * the worker thread cannot be stopped, and must not keep what can be put in order from being so.
 */
export const withinGrace = <T>(work: Promise<T>, signal: AbortSignal, milliseconds: number): Promise<T> =>
  new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const begin = () => {
      timer = setTimeout(() => reject(signal.reason), milliseconds);
    };
    if (signal.aborted) begin();
    else signal.addEventListener('abort', begin, { once: true });
    work.then(resolve, reject).finally(() => {
      clearTimeout(timer);
      signal.removeEventListener('abort', begin);
    });
  });
