import type { DataType, Tensor } from '@entrgi/core';
import { encodeModel, type Model } from '@entrgi/onnx';
import { InferenceSession, Tensor as RuntimeTensor } from 'onnxruntime-node';

/** A loaded model; close it when done. */
export interface Runner {
  run(feeds: Readonly<Record<string, Tensor>>, fetches?: readonly string[]): Promise<Record<string, Tensor>>;
  close(): Promise<void>;
}

export async function open(model: Model, folder?: string): Promise<Runner> {
  // onnxruntime 1.30 fuses x · σ(x) into QuickGelu, of which it has no float64 kernel.
  const double = [...model.graph.inputs.values()].some(({ type }) => type === 'float64');
  const session = await InferenceSession.create(encodeModel(model), {
    logSeverityLevel: 3,
    graphOptimizationLevel: double ? 'basic' : 'all',
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    ...(folder !== undefined && {
      extra: { session: { model_external_initializers_file_folder_path: folder } },
    }),
  });
  return {
    async run(feeds, fetches = session.outputNames) {
      const tensors = Object.fromEntries(
        Object.entries(feeds).map(([name, { type, data, dims }]) => [
          name,
          new RuntimeTensor(type as 'float32', data as Float32Array, dims),
        ]),
      );
      const results = await session.run(tensors, [...fetches]);
      return Object.fromEntries(
        Object.entries(results).map(([name, { type, data, dims }]) => [
          name,
          { type: type as DataType, data, dims } as Tensor,
        ]),
      );
    },
    close: () => session.release(),
  };
}

/** Runs a model once. */
export async function runOnce(
  model: Model,
  feeds: Readonly<Record<string, Tensor>>,
  folder?: string,
): Promise<Record<string, Tensor>> {
  const runner = await open(model, folder);
  try {
    return await runner.run(feeds);
  } finally {
    await runner.close();
  }
}
