import { type Answer, remoteCalls, remoteSessions } from '@entrgi/core/backend';
import type { RuntimeRequest, WebRuntime } from './web-runtime.js';
import { waitForEnd } from './worker-life.js';

/** The worker's first message: the lock that it holds as long as it lives. */
export interface Alive {
  readonly lock: string;
}

/** The same runtime in a worker: the page stays responsive while a session loads or runs. */
export const workerRuntime = (worker: Worker, request: RuntimeRequest): WebRuntime => {
  const calls = remoteCalls((message, moved) => worker.postMessage(message, moved));
  const stopWaiting = new AbortController();
  const end = (message: string, hint?: string) => {
    stopWaiting.abort();
    worker.terminate();
    calls.end(Object.assign(new Error(message), { hint }));
  };
  worker.onmessage = ({ data }: { data: Answer | Alive }) => {
    if ('lock' in data) waitForEnd(data.lock, stopWaiting.signal, () => end(ENDED, ANEW));
    else calls.settle(data);
  };
  worker.onerror = ({ message }) =>
    message
      ? end(`The worker died: ${message}.`, ANEW)
      : end('The worker died: its script cannot be loaded.', SCRIPT);
  worker.onmessageerror = () => end('The worker died: what it sent cannot be read.', ANEW);
  worker.postMessage(request);
  return {
    ...remoteSessions(calls),
    report: () => calls.ask('report', []),
    async close() {
      if (!calls.ended) await calls.ask('close', []).catch(() => {});
      end('The worker has ended.');
    },
  };
};

const ENDED = 'The worker has ended: it was terminated, or the browser ran out of memory.';
const ANEW = 'Make a new backend with webBackend(); where memory is short, for a smaller model.';
const SCRIPT =
  "Check that the script is served, to isolated pages with Cross-Origin-Embedder-Policy; pass `worker`, a function that makes it, where the bundler doesn't find it.";
