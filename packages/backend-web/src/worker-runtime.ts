import { type Answer, remoteCalls, remoteSessions } from '@entrgi/core/backend';
import type { RuntimeRequest, WebRuntime } from './web-runtime.js';

/** The same runtime in a worker: the page stays responsive while a session loads or runs. */
export const workerRuntime = (worker: Worker, request: RuntimeRequest): WebRuntime => {
  const calls = remoteCalls((message, moved) => worker.postMessage(message, moved));
  worker.onmessage = ({ data }) => calls.settle(data as Answer);
  worker.onerror = ({ message }) =>
    calls.end(new Error(`The worker died: ${message || 'its script cannot be loaded'}.`));
  worker.postMessage(request);
  return {
    ...remoteSessions(calls),
    report: () => calls.ask('report', []),
    async close() {
      if (!calls.ended) await calls.ask('close', []);
      worker.terminate();
      calls.end(new Error('The worker has ended.'));
    },
  };
};
