import type { NodeDevice } from './devices.js';

/** What is asked of a session, the backend's defaults filled in. */
export interface SessionRequest {
  readonly disablePrepacking: boolean;
  readonly threads: number | undefined;
  readonly folder: string | undefined;
  readonly device: NodeDevice;
  readonly keep: readonly string[];
  readonly hostNodes: readonly string[];
}

/** onnxruntime's settings for one session, as measured: see the comment beside each. */
export const sessionSettings = (request: SessionRequest): Record<string, unknown> => ({
  executionProviders: [
    request.device === 'webgpu' && request.hostNodes.length > 0
      ? { name: request.device, forceCpuNodeNames: [...request.hostNodes] }
      : request.device,
  ],
  // Where it is the processor that computes, they stay in its memory.
  ...(request.device === 'webgpu' && request.keep.length > 0
    ? { preferredOutputLocation: Object.fromEntries(request.keep.map((name) => [name, 'gpu-buffer'])) }
    : {}),
  keep: [...request.keep],
  graphOptimizationLevel: 'all',
  // Halves the memory of activations at no cost: patterns are recorded per input shape, and shapes vary here.
  enableMemPattern: false,
  enableCpuMemArena: true,
  // Errors are thrown; printing them as well helps nobody.
  logSeverityLevel: 4,
  ...(request.threads === undefined ? {} : { intraOpNumThreads: request.threads }),
  extra: {
    session: {
      // Prepacking copies every weight into the kernels' own layout, beside the mapped file.
      ...(request.disablePrepacking ? { disable_prepacking: '1' } : {}),
      // The default turns DequantizeLinear + MatMul into products of 8-bit activations: a step function has no gradient.
      qdq_matmulnbits_accuracy_level: '1',
      // External data is memory-mapped from here; the model itself comes as bytes.
      ...(request.folder === undefined
        ? {}
        : { model_external_initializers_file_folder_path: request.folder }),
    },
  },
});
