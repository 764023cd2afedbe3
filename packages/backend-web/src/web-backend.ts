import { type Backend, InvalidArgumentError, type ModelSource } from '@entrgi/core';
import { checkThreads, runtimeBackend, typedFailure } from '@entrgi/core/backend';
import { lazily, requireThat } from '@entrgi/core/internal';
import type { DeviceReport, WebDevice } from './choose-device.js';
import { loadWebRuntime, type WebRuntime, type WebSettings } from './web-runtime.js';
import { workerRuntime } from './worker-runtime.js';

/** Where sessions run, and on how many threads. */
export interface WebBackendOptions {
  /**
   * `auto`: WebGPU where a graphics card is behind it, WebAssembly elsewhere.
   * @default `auto`
   */
  readonly device?: 'auto' | WebDevice;
  /**
   * Threads of WebAssembly, shared by all sessions; one where the page is not cross-origin isolated.
   * @default as many as there are cores, up to 4, of more the half, up to 8
   */
  readonly threads?: number;
  /**
   * Load and run sessions in a worker, so that the page stays responsive; a function makes one from
   * `@entrgi/backend-web/worker` where the bundler does not find it. `false`: in this thread, for programs
   * that are in a worker themselves.
   * @default true
   */
  readonly worker?: boolean | (() => Worker);
  /**
   * Where onnxruntime-web's .wasm lies, if not beside its script: a folder's URL with a slash at its end, or
   * a file's.
   */
  readonly wasm?: string;
}

/** A backend that says what it found in the browser. */
export interface WebBackend extends Backend {
  /**
   * What sessions run on, and why not on something better; loads the runtime.
   * @throws BackendError where there is none
   */
  report(): Promise<DeviceReport>;
}

const devices = ['auto', 'wasm', 'webgpu'] as const;

/**
 * Models on onnxruntime-web. The runtime is loaded with the first session.
 * @throws InvalidArgumentError for an unknown device and threads < 1; sessions throw BackendError where
 *   onnxruntime-web is missing, of another version, or fails, and where `webgpu` is asked for and not there
 */
export const webBackend = (options: WebBackendOptions = {}): WebBackend => {
  const { device = 'auto', threads, worker = true, wasm } = options;
  requireThat('device', device, devices.map((name) => `'${name}'`).join(' or '), devices.includes(device));
  checkThreads(threads);
  const request = { device, threads, wasm };
  let isDevice = device === 'webgpu';
  const load = async (): Promise<WebRuntime> => {
    if (worker === false) return loadWebRuntime(request);
    return workerRuntime(typeof worker === 'function' ? worker() : startWorker(), request);
  };
  const runtime = lazily(async () => {
    const loaded = await load();
    if (device === 'auto') {
      // A runtime that is not there is reported by the first call that needs it.
      const report = await loaded.report().catch(() => undefined);
      isDevice = report?.device === 'webgpu';
    }
    return loaded;
  });
  const backend = runtimeBackend({
    name: worker === false ? 'web' : 'web (worker)',
    maker: 'webBackend()',
    load: () => runtime.get(),
    settings: (
      { name, folder, files }: ModelSource,
      { disablePrepacking = false, keep = [], hostNodes = [] },
    ): WebSettings => {
      if (folder !== undefined) {
        throw new InvalidArgumentError(`${name}: expected external data in a map of files, got a folder.`, {
          value: folder,
          hint: 'Pass `files`: a browser has no file system.',
        });
      }
      return { disablePrepacking, files: [...(files ?? [])], keep, hostNodes };
    },
  });
  return {
    ...backend,
    // Of `auto` it is known with the first session.
    get isDevice() {
      return isDevice;
    },
    report: async () => {
      try {
        return await (await runtime.get()).report();
      } catch (error) {
        throw typedFailure(error);
      }
    },
  };
};

/** In one expression: that is how bundlers find the worker's script. */
const startWorker = (): Worker =>
  new Worker(new URL('./worker.js', import.meta.url), { type: 'module', name: 'entrgi-backend-web' });
