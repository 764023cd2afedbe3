import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { denoiserDirectory, rewardDirectory } from '@entrgi/tiny-stories';
import { describe, expect, test } from 'vitest';
import { entrgi } from '../testing/capture.js';
import { writeSmallModel } from '../testing/small-model.js';
import { temporaryFolder } from '../testing/temporary-folder.js';

const inspected = async (...argv: string[]) => {
  const { status, stdout, stderr } = await entrgi(['inspect', ...argv, '--json']);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return JSON.parse(stdout);
};

describe('a checkpoint', () => {
  test('is told as JSON', async () => {
    expect(await inspected(denoiserDirectory)).toMatchObject({
      kind: 'checkpoint',
      path: denoiserDirectory,
      architecture: 'DreamModel',
      task: 'denoiser',
      maxLength: 256,
      tokens: 2048,
      specialTokens: { 2044: '<|endoftext|>', 2045: '<|im_start|>', 2046: '<|im_end|>', 2047: '<|mask|>' },
      roles: { mask: '<|mask|>', pad: '<|endoftext|>', end: ['<|im_end|>', '<|endoftext|>'] },
    });
  });

  test('has as many bytes as its parameters take', async () => {
    const report = await inspected(rewardDirectory);
    const sizes: Record<string, number> = { float32: 4, float16: 2, bfloat16: 2 };
    const stored = Object.entries<number>(report.dataTypes);
    expect(stored.reduce((sum, [, count]) => sum + count, 0)).toBe(report.parameters);
    expect(stored.reduce((sum, [type, count]) => sum + count * sizes[type]!, 0)).toBe(report.bytes);
  });

  test('is told in words, one fact a line', async () => {
    const { stdout, stderr, status } = await entrgi(['inspect', rewardDirectory]);
    expect(status).toBe(0);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^architecture +Qwen3ForSequenceClassification \(classifier\)$/m);
    expect(stdout).toMatch(/^parameters +1,968,256$/m);
    expect(stdout).toMatch(/^on disk +3\.9 MB in model\.safetensors$/m);
    expect(stdout).not.toContain('\u001b');
  });

  test('and another are told with the tokens they share, both ways', async () => {
    const { checkpoints, coverage } = await inspected(denoiserDirectory, rewardDirectory);
    expect(checkpoints.map(({ task }: { task: string }) => task)).toEqual(['denoiser', 'classifier']);
    const whole = { tokens: 2048, found: 2048, coverage: 1, missing: [] };
    expect(coverage).toEqual([
      { from: denoiserDirectory, to: rewardDirectory, ...whole },
      { from: rewardDirectory, to: denoiserDirectory, ...whole },
    ]);
    const { stdout } = await entrgi(['inspect', denoiserDirectory, rewardDirectory]);
    expect(stdout).toContain(
      `${denoiserDirectory} → ${rewardDirectory}: 2,048 of 2,048 tokens, 100.0% of a sample text`,
    );
  });
});

/** A protobuf field of bytes; numbers above 15 take two bytes of tag. */
const field = (number: number, bytes: readonly number[]): number[] => {
  const tag = (number << 3) | 2;
  return [...(number > 15 ? [(tag & 0x7f) | 0x80, tag >> 7] : [tag]), bytes.length, ...bytes];
};
const text = (number: number, value: string): number[] => field(number, [...Buffer.from(value)]);

describe('a model', () => {
  test('is told as JSON', async () => {
    const folder = await temporaryFolder();
    const path = await writeSmallModel(folder);
    expect(await inspected(path)).toEqual({
      kind: 'model',
      path,
      opsets: { 'ai.onnx': 21 },
      producer: 'entrgi',
      inputs: { x: 'float32[batch, 3]' },
      outputs: { logits: 'float32[batch, 2]' },
      parameters: 6,
      nodes: 3,
      operators: [
        { name: 'Identity', count: 1, gradient: 'flows' },
        { name: 'MatMul', count: 1, gradient: 'flows' },
        { name: 'Tanh', count: 1, gradient: 'flows' },
      ],
      externalData: [{ file: join(folder, 'weights.bin'), tensors: 1, bytes: 24 }],
    });
  });

  test('is told in words', async () => {
    const path = await writeSmallModel(await temporaryFolder());
    const { stdout } = await entrgi(['inspect', path]);
    expect(stdout).toMatch(/^opset +ai\.onnx 21$/m);
    expect(stdout).toMatch(/^external data +.*weights\.bin: 1 tensors?, 24 B$/m);
    expect(stdout).toMatch(/^ {2}x float32\[batch, 3\]$/m);
    expect(stdout).toMatch(/^ {2}MatMul +1 {2}differentiable$/m);
  });

  test('with control flow and local functions is told too, and what has no gradient named', async () => {
    const path = await writeSmallModel(await temporaryFolder());
    const [graph, opset, functions] = [7, 8, 25];
    const branch = [...text(1, 'then_branch'), ...field(6, text(2, 'unread')), 0xa0, 0x01, 5];
    const choice = [
      ...text(1, 'x'),
      ...text(2, 'z'),
      ...text(3, 'choice'),
      ...text(4, 'If'),
      ...field(5, branch),
    ];
    const call = [...text(1, 'x'), ...text(2, 'w'), ...text(4, 'Own'), ...text(7, 'mine')];
    // Messages that follow one another are read as one.
    await appendFile(
      path,
      Uint8Array.from([
        ...field(graph, [...field(1, choice), ...field(1, call)]),
        ...field(opset, [...text(1, 'mine'), 0x10, 1]),
        ...field(functions, text(1, 'Own')),
      ]),
    );
    const { operators } = await inspected(path);
    expect(operators).toContainEqual({ name: 'If', count: 1, gradient: 'unknown' });
    expect(operators).toContainEqual({ name: 'mine.Own', count: 1, gradient: 'unknown' });
    expect(operators).toContainEqual({ name: 'MatMul', count: 1, gradient: 'flows' });
  });
});

describe('bad input exits 1 with one line', () => {
  test.each<[string, (folder: string) => string[], RegExp]>([
    ['a path that does not exist', () => ['/nowhere'], /\/nowhere: no such file or directory/],
    ['a directory that is no checkpoint', (folder) => [folder], /config\.json/],
    ['a file that is no model', (folder) => [join(folder, 'text.onnx')], /text\.onnx: /],
    [
      'a model to compare, without a tokenizer',
      (folder) => [denoiserDirectory, join(folder, 'text.onnx')],
      /there is no config\.json/,
    ],
  ])('%s', async (_, argv, message) => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'text.onnx'), 'not a model');
    const { status, stdout, stderr } = await entrgi(['inspect', ...argv(folder)]);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^entrgi: .*\n$/);
    expect(stdout).toBe('');
    expect(status).toBe(1);
  });
});
