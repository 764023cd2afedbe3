import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { nodeBackend } from '@entrgi/backend-node';
import { readModelFile } from '@entrgi/onnx/node';
import { describe, expect, onTestFinished, test } from 'vitest';
import { entrgi } from '../testing/capture.js';
import { weights, writeSmallModel } from '../testing/small-model.js';
import { temporaryFolder } from '../testing/temporary-folder.js';

const x = [
  [0.1, -0.2, 0.3],
  [1, 0.5, -0.4],
];
const columns = [0, 1] as const;
const hidden = x.map((row) =>
  columns.map((j) => row.reduce((sum, value, i) => sum + value * weights[2 * i + j]!, 0)),
);
/** d tanh(h)/dh = 1 − tanh²(h), by hand. */
const slope = hidden.map((row) => row.map((h) => 1 - Math.tanh(h) ** 2));

/** Runs the model that the command wrote. */
const run = async (path: string, input: string, rows: readonly (readonly number[])[]) => {
  const backend = nodeBackend({ threads: 1 });
  onTestFinished(() => backend.dispose());
  const session = await backend.createSession({ bytes: await readFile(path), folder: dirname(path) });
  const data = Float32Array.from(rows.flat());
  return session.run({ [input]: { type: 'float32', dims: [rows.length, rows[0]!.length], data } });
};

const expectClose = (actual: unknown, expected: readonly number[]) => {
  expect(actual).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) expect((actual as Float32Array)[i]).toBeCloseTo(value, 6);
};

describe('entrgi differentiate', () => {
  test('adds the gradient of a class with respect to an input, all outputs kept, data shared', async () => {
    const folder = await temporaryFolder();
    const model = await writeSmallModel(folder);
    const out = join(folder, 'gradient.onnx');
    const outcome = await entrgi([
      'differentiate',
      model,
      '--of',
      'logits',
      '--index',
      '1',
      '--wrt',
      'x',
      '-o',
      out,
    ]);
    expect(outcome).toEqual({ status: 0, stdout: `${out}: from x to logits, gradient/x\n`, stderr: '' });
    const outputs = await run(out, 'x', x);
    expectClose(outputs.logits!.data, hidden.flat().map(Math.tanh));
    expectClose(
      outputs['gradient/x']!.data,
      slope.flatMap((row) => [0, 1, 2].map((i) => row[1]! * weights[2 * i + 1]!)),
    );
    expect((await readdir(folder)).toSorted()).toEqual(['gradient.onnx', 'model.onnx', 'weights.bin']);
    const { initializers } = (await readModelFile(out)).graph;
    expect(initializers.get('weights')!.external).toEqual({ location: 'weights.bin', offset: 0, length: 24 });
  });

  test('an intermediate value becomes an input, and what only fed it is dropped', async () => {
    const folder = await temporaryFolder();
    const out = join(folder, 'gradient.onnx');
    const model = await writeSmallModel(folder);
    const outcome = await entrgi(['differentiate', model, '--of', 'logits', '--wrt', 'hidden', '-o', out]);
    expect(outcome).toEqual({
      status: 0,
      stdout: `${out}: from hidden to logits, gradient/hidden\n`,
      stderr: '',
    });
    expectClose((await run(out, 'hidden', hidden))['gradient/hidden']!.data, slope.flat());
    expect((await readModelFile(out)).graph.initializers.has('weights')).toBe(false);
  });

  test('in a folder above, the data are found where they are', async () => {
    const above = await temporaryFolder();
    const folder = join(above, 'model');
    await mkdir(folder);
    const out = join(above, 'gradient.onnx');
    const model = await writeSmallModel(folder);
    const { status } = await entrgi(['differentiate', model, '--of', 'logits', '--wrt', 'x', '-o', out]);
    expect(status).toBe(0);
    expectClose((await run(out, 'x', x)).logits!.data, hidden.flat().map(Math.tanh));
  });

  test('writes to standard output for -, and nothing else there', async () => {
    const folder = await temporaryFolder();
    const model = await writeSmallModel(folder);
    const argv = ['differentiate', model, '--of', 'logits', '--wrt', 'x', '-o'];
    const { status } = await entrgi([...argv, join(folder, 'gradient.onnx')]);
    expect(status).toBe(0);
    const main = fileURLToPath(new URL('../main.ts', import.meta.url));
    const source = fileURLToPath(new URL('../testing/run-source.js', import.meta.url));
    const flags = ['--conditions=@entrgi/source', '--import', source, main];
    const { stdout } = await promisify(execFile)(process.execPath, [...flags, ...argv, '-'], {
      cwd: folder,
      encoding: 'buffer',
    });
    expect(stdout.equals(await readFile(join(folder, 'gradient.onnx')))).toBe(true);
  });

  test.each<[string, Record<string, string>, RegExp, number]>([
    ['a missing model', { model: 'absent.onnx' }, /absent\.onnx/, 1],
    ['what is no model', { model: 'weights.bin' }, /weights\.bin: /, 1],
    ['an unknown output', { '--of': 'logit' }, /'logit'.*'logits'/, 2],
    ['an unknown value', { '--wrt': 'y' }, /no value named 'y'/, 2],
    ['an index that is too large', { '--index': '2' }, /from 0 to 1.*got 2/, 2],
    [
      'the model itself as output',
      { '-o': 'model.onnx' },
      /--output: expected another file than the model/,
      2,
    ],
    [
      'an output beyond the data',
      { '-o': 'below/out.onnx' },
      /Write into .*, or into a folder above it\./,
      2,
    ],
    ['an output in no folder', { '-o': 'absent/out.onnx' }, /absent: no such file or directory/, 1],
  ])('%s is one line, and writes nothing', async (_, changes, message, expected) => {
    const folder = await temporaryFolder();
    await writeSmallModel(folder);
    await mkdir(join(folder, 'below'));
    await writeFile(join(folder, 'below', 'keep'), '');
    const before = await readdir(folder, { recursive: true });
    const { model, '-o': out, ...rest } = { model: 'model.onnx', '--of': 'logits', '--wrt': 'x', '-o': 'out.onnx', ...changes } as Record<string, string>; // biome-ignore format: one table
    const argv = [
      'differentiate',
      join(folder, model!),
      '-o',
      join(folder, out!),
      ...Object.entries(rest).flat(),
    ];
    const { status, stdout, stderr } = await entrgi(argv);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^entrgi: .*\n$/);
    expect(stdout).toBe('');
    expect(status).toBe(expected);
    expect(await readdir(folder, { recursive: true })).toEqual(before);
  });
});
