import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { exitGuard } from './exit-guard.js';

describe('exitGuard', () => {
  it('delays the end of the process until the call in the worker has returned', async () => {
    const guard = exitGuard();
    const atExit = process.listeners('exit').at(-1)!;
    const state = new Int32Array(guard.shared);
    const worker = new Worker(
      `const { workerData, parentPort } = require('node:worker_threads');
       const state = new Int32Array(workerData);
       Atomics.add(state, 0, 1);
       parentPort.postMessage('busy');
       setTimeout(() => { Atomics.sub(state, 0, 1); Atomics.notify(state, 0); }, 200);`,
      { eval: true, workerData: guard.shared },
    );
    await once(worker, 'message');
    expect([...state]).toEqual([1, 0]);
    const start = performance.now();
    atExit(0);
    expect(performance.now() - start).toBeGreaterThan(100);
    expect([...state], 'idle, and nothing else may begin').toEqual([0, 1]);
    await once(worker, 'exit');
    guard.release();
    expect(process.listeners('exit')).not.toContain(atExit);
  });
});
