import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GraphBuilder } from '@entrgi/onnx';
import { writeModelFile } from '@entrgi/onnx/node';

/** Two models as Transformers.js wants them, with the embedded judge's tokenizer: logits are (the mean of) word vectors of 8 numbers · weights. */
export const writeLibraryModels = async (models: string): Promise<void> => {
  const { vocab_size: words } = JSON.parse(readFileSync(join(models, 'judge/config.json'), 'utf8'));
  const labels = { id2label: { 0: 'NEGATIVE', 1: 'POSITIVE' } };
  await write(models, 'sentiment', { words, outputs: 2, config: { model_type: 'bert', ...labels } });
  await write(models, 'language-model', { words, outputs: words, config: { model_type: 'gpt2' } });
};

interface Shape {
  readonly words: number;
  readonly outputs: number;
  readonly config: object;
}

const write = async (models: string, name: string, { words, outputs, config }: Shape): Promise<void> => {
  const folder = join(models, name);
  mkdirSync(join(folder, 'onnx'), { recursive: true });
  for (const file of ['tokenizer.json', 'tokenizer_config.json']) {
    cpSync(join(models, 'judge', file), join(folder, file));
  }
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
  const g = new GraphBuilder();
  const table = (of: string, rows: number, columns: number) => {
    const data = Float32Array.from({ length: rows * columns }, (_, i) => Math.sin(1.7 * i));
    return g.initializer(of, { type: 'float32', dims: [rows, columns], data });
  };
  const ids = g.input('input_ids', 'int64', ['batch', 'length']);
  const vectors = g.Gather(table('words', words, 8), ids, 0);
  const read = outputs === words ? vectors : g.ReduceMean(vectors, [1], 0);
  g.output(g.MatMul(read, table('weights', 8, outputs)), 'logits');
  await writeModelFile(join(folder, 'onnx/model.onnx'), g.model());
};
