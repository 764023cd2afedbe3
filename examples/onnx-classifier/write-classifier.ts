import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GraphBuilder } from '@entrgi/onnx';
import { writeModelFile } from '@entrgi/onnx/node';

/**
 * Writes a text classifier in the layout of transformers.js (config.json, tokenizer.json, onnx/model.onnx): the logit of `night` is three times the number
 * of a text's tokens that are one of some words. It stands for the model that you have; the tokenizer is another model's.
 */
export const writeClassifier = async (directory: string, tokenizerOf: string, words: readonly string[]) => {
  await mkdir(join(directory, 'onnx'), { recursive: true });
  for (const file of ['tokenizer.json', 'tokenizer_config.json']) {
    await copyFile(join(tokenizerOf, file), join(directory, file));
  }
  const { vocab_size: rows } = JSON.parse(await readFile(join(tokenizerOf, 'config.json'), 'utf8'));
  await writeFile(
    join(directory, 'config.json'),
    JSON.stringify({
      architectures: ['OwnForSequenceClassification'],
      vocab_size: rows,
      max_position_embeddings: 512,
      id2label: { 0: 'other', 1: 'night' },
      label2id: { other: 0, night: 1 },
    }),
  );

  const tokenizer = JSON.parse(await readFile(join(directory, 'tokenizer.json'), 'utf8'));
  const table = new Float32Array(rows);
  for (const [token, id] of Object.entries<number>(tokenizer.model.vocab)) {
    if (words.includes(token.replace('Ġ', ''))) table[id] = 3;
  }
  const g = new GraphBuilder();
  const ids = g.input('input_ids', 'int64', ['batch', 'length']);
  const attention = g.input('attention_mask', 'int64', ['batch', 'length']);
  const embeddings = g.initializer('embeddings', { type: 'float32', dims: [rows, 1], data: table });
  const visible = g.Cast(g.Unsqueeze(attention, g.int64s([2])), 'float32');
  const night = g.ReduceSum(g.Mul(g.Gather(embeddings, ids), visible), [1], 0);
  g.output(g.Concat([g.Neg(night), night], 1), 'logits');
  await writeModelFile(join(directory, 'onnx/model.onnx'), g.model());
};
