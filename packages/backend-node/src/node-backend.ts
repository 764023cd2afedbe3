import { type Backend, InvalidArgumentError } from '@entrgi/core';
import { checkThreads, runtimeBackend } from '@entrgi/core/backend';
import { loadNativeRuntime } from './native-runtime.js';
import { sessionSettings } from './session-settings.js';
import { workerRuntime } from './worker-runtime.js';

/** Where sessions run, and on how many threads. */
export interface NodeBackendOptions {
  /** Threads inside one operator. Default: one per physical core. */
  readonly threads?: number;
  /** Load and run sessions in one worker thread, so that the caller's event loop stays responsive. Default: false. */
  readonly worker?: boolean;
}

/**
 * Models on onnxruntime-node (CPU). The runtime is loaded with the first session.
 * Throws InvalidArgumentError for threads < 1; sessions throw BackendError where onnxruntime-node is missing, of another version, or fails.
 */
export const nodeBackend = (options: NodeBackendOptions = {}): Backend => {
  checkThreads(options.threads);
  return runtimeBackend({
    name: options.worker === true ? 'node (worker)' : 'node',
    maker: 'nodeBackend()',
    load: async () => (options.worker === true ? workerRuntime() : loadNativeRuntime()),
    settings: ({ name, files, folder }, { disablePrepacking = false, threads = options.threads }) => {
      if (files !== undefined && folder === undefined) {
        throw new InvalidArgumentError(`${name}: expected external data in a folder, got a map of files.`, {
          value: [...files.keys()],
          hint: 'Pass `folder`: this backend maps weight files into memory.',
        });
      }
      return sessionSettings({ disablePrepacking, threads, folder });
    },
  });
};
