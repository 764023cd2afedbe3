import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encodeModel, GraphBuilder } from '@entrgi/onnx';

const packages = new URL('../../../', import.meta.url);

/** A file of another package's fixtures. */
export const fixture = (path: string): string => fileURLToPath(new URL(path, packages));

/** Where models are laid out. */
export const modelsFolder = (): string => mkdtempSync(join(tmpdir(), 'entrgi-transformers-'));

export interface LaidOut {
  /** Whose tokenizer it has: a folder of packages/models/fixtures. */
  readonly tokenizer: string;
  /** config.json; that of the tokenizer's checkpoint where none is said. */
  readonly config?: object;
  readonly onnx: string | Uint8Array;
}

/**
 * A model as Transformers.js wants it: config.json, a tokenizer, and its ONNX file in `onnx`. Gives its
 * folder.
 */
export const layOut = (folder: string, name: string, { tokenizer, config, onnx }: LaidOut): string => {
  const directory = join(folder, name);
  mkdirSync(join(directory, 'onnx'), { recursive: true });
  const from = fixture(`models/fixtures/${tokenizer}`);
  for (const file of ['tokenizer.json', 'tokenizer_config.json', 'config.json']) {
    cpSync(join(from, file), join(directory, file));
  }
  if (config !== undefined) writeFileSync(join(directory, 'config.json'), JSON.stringify(config));
  const file = join(directory, 'onnx/model.onnx');
  if (typeof onnx === 'string') cpSync(onnx, file);
  else writeFileSync(file, onnx);
  return directory;
};

/** A tiny random GPT-2, of which fixtures/gpt2-causal.json has what transformers in Python says. */
export const causalFixture: LaidOut = {
  tokenizer: 'qwen3-reward',
  config: { model_type: 'gpt2', vocab_size: 296, n_embd: 8, n_head: 2, n_layer: 1 },
  onnx: fixture('transformers/fixtures/gpt2-causal.onnx'),
};

/** Numbers that look random: the table of so many rows and columns of a made-up model. */
export const table = (rows: number, columns: number, wave: number): Float32Array =>
  Float32Array.from({ length: rows * columns }, (_, i) => Math.sin(wave * i + 0.3 * (i % 7)));

/**
 * A model whose output is a sum over all tokens, each with its own row of a table: [1, columns]; or those
 * rows themselves, [1, length, columns].
 */
export const tableModel = (
  data: Float32Array,
  columns: number,
  output: string,
  summed: boolean,
): Uint8Array => {
  const g = new GraphBuilder();
  const ids = g.input('input_ids', 'int64', ['batch', 'length']);
  const dims = [data.length / columns, columns];
  const rows = g.Gather(g.initializer('table', { type: 'float32', dims, data }), ids, 0);
  g.output(summed ? g.ReduceSum(rows, [1], 0) : g.Identity(rows), output);
  return encodeModel(g.model());
};
