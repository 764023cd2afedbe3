import type { Tensor } from '@entrgi/core';
import { InferenceSession, Tensor as RuntimeTensor } from 'onnxruntime-node';

/**
 * Runs a serialized model once on onnxruntime, unoptimized so that what is checked is the graph as written.
 */
export async function runModel(
  bytes: Uint8Array,
  feeds: Readonly<Record<string, Tensor>>,
): Promise<Record<string, InferenceSession.ReturnType[string]>> {
  const session = await InferenceSession.create(bytes, {
    graphOptimizationLevel: 'disabled',
    logSeverityLevel: 3,
  });
  try {
    const tensors = Object.entries(feeds).map(([name, { type, dims, data }]) => [
      name,
      new RuntimeTensor(type as 'float32', data as Float32Array, dims),
    ]);
    return { ...(await session.run(Object.fromEntries(tensors))) };
  } finally {
    await session.release();
  }
}
