import { waitForEnd } from '@entrgi/backend-web/internal';
import type { Report, Request } from '../protocol/protocol.js';

/** The worker that computes: what it is asked is a message, what it says a report. */
export interface Engine {
  ask(request: Request): void;
  /** A new worker in the place of this one, which may have ended; it has to load everything. */
  restart(): void;
  dispose(): void;
}

/** Starts a worker; of its end, which has no event of its own, `take` is told by a report too. */
export const startEngine = (start: () => Worker, take: (report: Report) => void): Engine => {
  let worker: Worker;
  let stopWaiting: AbortController;
  const fail = (message: string) => take({ type: 'failed', code: 'worker', message });
  const begin = () => {
    worker = start();
    stopWaiting = new AbortController();
    const { signal } = stopWaiting;
    worker.onmessage = ({ data }: { data: Report }) => {
      if (data.type === 'alive') waitForEnd(data.lock, signal, () => fail(ENDED));
      take(data);
    };
    worker.onerror = ({ message }) => fail(message || NOT_THERE);
  };
  const end = () => {
    stopWaiting.abort();
    worker.onmessage = null;
    worker.onerror = null;
    worker.terminate();
  };
  begin();
  return {
    ask: (request) => worker.postMessage(request),
    restart() {
      end();
      begin();
    },
    dispose: end,
  };
};

const ENDED = 'The part of this page that computes has ended; the browser may have run out of memory.';
const NOT_THERE = 'The part of this page that computes cannot be loaded. Is there a network?';
