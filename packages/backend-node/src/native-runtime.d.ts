import type { Runtime } from '@entrgi/core/backend';
import type { DeviceFacts } from './devices.js';

export interface NativeRuntime extends Runtime {
  /** What this build of the library can run on. */
  devices(): Promise<readonly DeviceFacts[]>;
}

/** Imports onnxruntime-node and checks its version; `importRuntime` stands in for the import in tests. */
export function loadNativeRuntime(importRuntime?: () => Promise<unknown>): Promise<NativeRuntime>;
