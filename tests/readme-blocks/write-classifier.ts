import { GraphBuilder } from '@entrgi/onnx';
import { writeModelFile } from '@entrgi/onnx/node';

/** A classifier of two classes over word embeddings of 8 numbers: logits = tanh(mean of embeddings · weights). */
export const writeClassifier = (path: string): Promise<void> => {
  const g = new GraphBuilder();
  const embeddings = g.input('embeddings', 'float32', ['batch', 'length', 8]);
  const data = Float32Array.from({ length: 16 }, (_, i) => (i % 5) / 4 - 0.5);
  const weights = g.initializer('weights', { type: 'float32', dims: [8, 2], data });
  g.output(g.Tanh(g.MatMul(g.ReduceMean(embeddings, [1], 0), weights)), 'logits');
  return writeModelFile(path, g.model());
};
