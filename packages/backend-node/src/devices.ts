import { typedFailure } from '@entrgi/core/backend';
import { loadNativeRuntime } from './native-runtime.js';

/** Where sessions can run, by onnxruntime's names of what executes them. */
export const deviceNames = ['cpu', 'webgpu', 'cuda', 'dml', 'coreml'] as const;
/** Name of a device that onnxruntime-node may offer, as its execution providers are called. */
export type NodeDevice = (typeof deviceNames)[number];

/** A device that onnxruntime-node offers on this platform. */
export interface DeviceFacts {
  readonly name: NodeDevice;
  /**
   * Whether its libraries are inside the package; those that are not have to be downloaded by its install
   * script.
   */
  readonly bundled: boolean;
}

/**
 * What onnxruntime-node offers on this platform; whether the machine has the hardware shows when a session is
 * made.
 * @throws BackendError where onnxruntime-node is missing
 */
export const devices = async (): Promise<readonly DeviceFacts[]> => {
  const runtime = await loadNativeRuntime().catch((error) => {
    throw typedFailure(error);
  });
  const offered = await runtime.devices();
  return offered.filter(({ name }) => deviceNames.includes(name));
};
