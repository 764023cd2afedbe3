import { type Backend, disposable } from '@entrgi/core';
import { checkThreads, type Runtime, runtimeBackend } from '@entrgi/core/backend';
import { requireName } from '@entrgi/core/internal';
import { deviceNames, type NodeDevice } from './devices.js';
import { loadNativeRuntime } from './native-runtime.js';
import { sessionSettings } from './session-settings.js';
import { webGpuRuntime } from './web-gpu-runtime.js';
import { workerRuntime } from './worker-runtime.js';
import { writtenFiles } from './written-files.js';

/** Where sessions run, and on how many threads. */
export interface NodeBackendOptions {
  /**
   * Threads inside one operator.
   * @default one per physical core
   */
  readonly threads?: number;
  /**
   * Load and run sessions in one worker thread, so that the caller's event loop stays responsive.
   * @default false
   */
  readonly worker?: boolean;
  /**
   * What computes; `devices()` says what is offered here. Two models on two devices take two backends.
   * @default `cpu`
   */
  readonly device?: NodeDevice;
}

/**
 * Models on onnxruntime-node. The runtime is loaded with the first session.
 * @throws InvalidArgumentError for threads < 1 and an unknown device; sessions throw BackendError where
 *   onnxruntime-node is missing, of another version, or fails, and for a device that is not offered here,
 *   with what it takes
 */
export const nodeBackend = (options: NodeBackendOptions = {}): Backend => {
  const { device = 'cpu', worker = false } = options;
  requireName('device', device, deviceNames);
  checkThreads(options.threads);
  const load = async (): Promise<Runtime> => (worker ? workerRuntime() : loadNativeRuntime());
  const details = [...(device === 'cpu' ? [] : [device]), ...(worker ? ['worker'] : [])];
  const inMemory = writtenFiles();
  const backend = runtimeBackend({
    name: details.length === 0 ? 'node' : `node (${details.join(', ')})`,
    maker: 'nodeBackend()',
    load: device === 'webgpu' ? () => webGpuRuntime(worker, load) : load,
    isDevice: device !== 'cpu',
    settings: async (
      { files, folder },
      { disablePrepacking = false, threads = options.threads, keep = [], hostNodes = [] },
    ) =>
      sessionSettings({
        disablePrepacking,
        threads,
        folder: folder ?? (files && (await inMemory.folderOf(files))),
        device,
        keep,
        hostNodes,
      }),
  });
  return {
    ...backend,
    ...disposable(async () => {
      await backend.dispose();
      await inMemory.remove();
    }),
  };
};
