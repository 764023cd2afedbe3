import { nodeBackend } from '@entrgi/backend-node';
import type { Tensor } from '@entrgi/core';
import { encodeModel, GraphBuilder } from '@entrgi/onnx';
import { timed } from '../measure/timed.js';
import type { Workload } from '../work/workload.js';

export interface MatrixSpec {
  /** Rows and columns of both factors. */
  readonly size: number;
  readonly threads: number;
}

/** One large matrix product: the unit is a floating-point operation, so that units per second are the machine's matrix rate. */
export const matrix = async ({ size, threads }: MatrixSpec): Promise<Workload> => {
  const backend = nodeBackend({ threads });
  const g = new GraphBuilder();
  const [a, b] = ['a', 'b'].map((name) => g.input(name, 'float32', [size, size]));
  // A product of which only the sum is fetched: copying the result is no part of it.
  g.output(g.ReduceSum(g.MatMul(a!, b!), null), 'sum');
  const session = await backend.createSession({ name: 'matrix product', bytes: encodeModel(g.model()) });
  const factor: Tensor = {
    type: 'float32',
    dims: [size, size],
    data: Float32Array.from({ length: size * size }, (_, i) => Math.sin(i)),
  };
  return {
    async run() {
      const { seconds } = await timed(() => session.run({ a: factor, b: factor }));
      return { seconds, units: 2 * size ** 3 };
    },
    dispose: () => backend.dispose(),
  };
};
