import { Worker } from 'node:worker_threads';
import { nextTurn, type Tensor, turnIsDue } from '@entrgi/core';
import { arrayTypes } from './array-types.js';
import { disableTelemetry } from './disable-telemetry.js';
import { exitGuard } from './exit-guard.js';
import type { NativeRuntime } from './native-runtime.js';

interface Call {
  resolve(result: never): void;
  reject(error: unknown): void;
}

interface Answer {
  readonly call: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string; readonly cure?: string };
}

/** The same runtime in a worker thread: the caller's event loop keeps turning while a session loads or runs. */
export const workerRuntime = (entry = new URL('./worker.js', import.meta.url)): NativeRuntime => {
  disableTelemetry();
  const guard = exitGuard();
  const worker = new Worker(entry, {
    name: 'entrgi-backend-node',
    workerData: guard.shared,
    // That flag is for programs given as text, and a worker that inherits it dies of it.
    execArgv: withoutInputType(process.execArgv),
  });
  const calls = new Map<number, Call>();
  let count = 0;
  let end: Error | undefined;

  const settle = (call: number): Call | undefined => {
    const pending = calls.get(call);
    calls.delete(call);
    // An idle worker must not keep the process alive.
    if (calls.size === 0) worker.unref();
    return pending;
  };
  const fail = (error: Error): void => {
    end ??= error;
    guard.release();
    for (const call of [...calls.keys()]) settle(call)?.reject(end);
  };
  worker.on('message', ({ call, result, error }: Answer) => {
    const pending = settle(call);
    if (error === undefined) pending?.resolve(result as never);
    else pending?.reject(Object.assign(new Error(error.message), { cure: error.cure }));
  });
  worker.on('error', (cause) => fail(new Error(`The worker thread died: ${cause.message}.`, { cause })));
  worker.on('exit', (code) => fail(new Error(`The worker thread ended with code ${code}.`)));
  worker.unref();

  const ask = <T>(
    method: keyof NativeRuntime,
    args: readonly unknown[],
    moved: ArrayBuffer[] = [],
  ): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      if (end !== undefined) return reject(end);
      count += 1;
      calls.set(count, { resolve: resolve as Call['resolve'], reject });
      worker.ref();
      worker.postMessage({ call: count, method, args }, moved);
    });

  return {
    create(bytes, settings) {
      const copy = new Uint8Array(bytes);
      return ask('create', [copy, settings], [copy.buffer]);
    },
    async run(id, feeds, fetches) {
      const moved: ArrayBuffer[] = [];
      const copies: Record<string, Tensor> = {};
      for (const [name, tensor] of Object.entries(feeds)) copies[name] = await copyOf(tensor, moved);
      return ask('run', [id, copies, fetches], moved);
    },
    async release(id) {
      // A worker that died has released everything.
      if (end === undefined) await ask('release', [id]);
    },
    async close() {
      if (end !== undefined) return;
      const exit = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
      await ask('close', []);
      worker.ref();
      await exit;
    },
  };
};

const withoutInputType = (flags: readonly string[]): string[] =>
  flags.filter((flag, i) => !flag.startsWith('--input-type') && flags[i - 1] !== '--input-type');

/** What is copied in a few milliseconds. */
const PIECE = 2 ** 20;

/** The caller keeps its arrays: what moves to the worker is a copy of exactly the tensor's elements, made in pieces between which the event loop may turn. */
const copyOf = async (tensor: Tensor, moved: ArrayBuffer[]): Promise<Tensor> => {
  if (tensor.type === 'string') return tensor;
  const elements = tensor.data as Float32Array;
  const data = new arrayTypes[tensor.type](elements.length) as Float32Array;
  for (let at = 0; at < elements.length; at += PIECE) {
    if (at > 0 && turnIsDue()) await nextTurn();
    data.set(elements.subarray(at, at + PIECE), at);
  }
  moved.push(data.buffer as ArrayBuffer);
  return { type: tensor.type, dims: tensor.dims, data } as Tensor;
};
