import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GraphBuilder } from '@entrgi/onnx';
import { writeModelFile } from '@entrgi/onnx/node';

/** The matrix of the small model, [3, 2]. */
export const weights = [0.5, -1, 0.25, 2, -0.75, 1.5];

/** Writes model.onnx and its external data weights.bin: logits = tanh(hidden), hidden = x · weights, x of [batch, 3]. */
export const writeSmallModel = async (folder: string): Promise<string> => {
  const g = new GraphBuilder();
  const x = g.input('x', 'float32', ['batch', 3]);
  const matrix = g.initializer('weights', {
    type: 'float32',
    dims: [3, 2],
    external: { location: 'weights.bin', offset: 0, length: 24 },
  });
  const [hidden] = g.node('MatMul', [x, matrix], {}, { outputs: ['hidden'] });
  g.output(g.Tanh(hidden!), 'logits');
  await writeFile(join(folder, 'weights.bin'), new Uint8Array(Float32Array.from(weights).buffer));
  const path = join(folder, 'model.onnx');
  await writeModelFile(path, g.model());
  return path;
};
