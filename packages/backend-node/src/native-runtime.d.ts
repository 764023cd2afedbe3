import type { Runtime } from '@entrgi/core/backend';

/** Imports onnxruntime-node and checks its version; `importRuntime` stands in for the import in tests. */
export function loadNativeRuntime(importRuntime?: () => Promise<unknown>): Promise<Runtime>;
