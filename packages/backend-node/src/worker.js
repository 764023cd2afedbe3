// The worker thread's entry: answers one message per call of the runtime.
import { parentPort, workerData } from 'node:worker_threads';
import { loadNativeRuntime } from './native-runtime.js';

/** [calls in progress, whether the process is ending]: see exit-guard.ts. */
const state = new Int32Array(workerData);
const loading = loadNativeRuntime();
loading.catch(() => {}); // reported by the first call

/** Buffers of the results: they move to the caller instead of being copied. */
const buffersOf = (result) =>
  Object.values(result)
    .map(({ data }) => data?.buffer)
    .filter((buffer) => buffer instanceof ArrayBuffer);

parentPort.on('message', async ({ call, method, args }) => {
  if (Atomics.load(state, 1) === 1) return;
  Atomics.add(state, 0, 1);
  try {
    // Of a runtime that is not there, nothing has to be closed.
    const runtime = method === 'close' ? await loading.catch(() => undefined) : await loading;
    const result = await runtime?.[method](...args);
    const moved = method === 'run' ? [...new Set(buffersOf(result))] : [];
    parentPort.postMessage({ call, result }, moved);
  } catch (error) {
    parentPort.postMessage({ call, error: { message: String(error?.message ?? error), hint: error?.hint } });
  }
  Atomics.sub(state, 0, 1);
  Atomics.notify(state, 0);
  // Deno's parentPort has no close: there a worker closes as one of the web does.
  if (method === 'close') (parentPort.close ? parentPort : globalThis).close();
});
