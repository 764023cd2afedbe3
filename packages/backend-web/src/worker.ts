// The worker's entry: the first message says what to load, every other is one call of the runtime.
import type { Tensor } from '@entrgi/core';
import { loadWebRuntime, type RuntimeRequest, type WebRuntime } from './web-runtime.js';
import { holdLife } from './worker-life.js';
import type { Alive } from './worker-runtime.js';

interface Scope {
  postMessage(message: unknown, moved?: ArrayBuffer[]): void;
  onmessage: ((event: { data: unknown }) => void) | null;
}

interface Call {
  readonly call: number;
  readonly method: keyof WebRuntime;
  readonly args: readonly unknown[];
}

const scope = globalThis as unknown as Scope;

/**
 * Buffers of the results: they move to the caller instead of being copied. What lies in shared memory is
 * copied.
 */
const buffersOf = (result: Record<string, Tensor>): ArrayBuffer[] => [
  ...new Set(
    Object.values(result)
      .map(({ data }) => (data as Float32Array | undefined)?.buffer)
      .filter((buffer) => buffer instanceof ArrayBuffer),
  ),
];

scope.onmessage = ({ data: request }) => {
  void holdLife('entrgi-backend-web-', (lock) => scope.postMessage({ lock } satisfies Alive));
  const loading = loadWebRuntime(request as RuntimeRequest);
  loading.catch(() => {}); // reported by the first call
  scope.onmessage = async ({ data }) => {
    const { call, method, args } = data as Call;
    try {
      // Of a runtime that is not there, nothing has to be closed.
      const runtime = method === 'close' ? await loading.catch(() => undefined) : await loading;
      const result = await (
        runtime?.[method] as ((...given: readonly unknown[]) => unknown) | undefined
      )?.call(runtime, ...args);
      const moved = method === 'run' ? buffersOf(result as Record<string, Tensor>) : [];
      scope.postMessage({ call, result }, moved);
    } catch (error) {
      const { message = String(error), hint, code } = (error ?? {}) as Readonly<Record<string, string>>;
      scope.postMessage({ call, error: { message, hint, code } });
    }
  };
};
