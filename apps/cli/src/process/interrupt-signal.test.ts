import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { GraphBuilder } from '@entrgi/onnx';
import { writeModelFile } from '@entrgi/onnx/node';
import { describe, expect, test } from 'vitest';
import { fixture } from '../../../../packages/models/fixtures/fixture.js';
import { temporaryFolder } from '../testing/temporary-folder.js';

const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const flags = ['--conditions=@entrgi/source', '--import', file('../testing/run-source.js')];

/** A fill-mask model in transformers.js layout whose logits take minutes: hundreds of products of large matrices, one after the other. */
const slowModel = async (): Promise<string> => {
  const folder = join(await temporaryFolder(), 'slow');
  await mkdir(join(folder, 'onnx'), { recursive: true });
  for (const name of ['config.json', 'tokenizer.json', 'tokenizer_config.json']) {
    await cp(join(fixture('bert-fill'), name), join(folder, name));
  }
  const { vocab_size: rows } = JSON.parse(await readFile(join(folder, 'config.json'), 'utf8'));
  const g = new GraphBuilder();
  const ids = g.input('input_ids', 'int64', ['batch', 'length']);
  // Zeros that the runtime cannot know before.
  const zero = g.Mul(g.Cast(g.ReduceMax(ids, [0, 1], 0), 'float32'), g.scalar(0, 'float32'));
  const matrix = g.Expand(zero, g.int64s([3000, 3000]));
  let product = matrix;
  for (let i = 0; i < 2000; i++) product = g.MatMul(product, matrix);
  const each = g.Unsqueeze(g.Mul(g.Cast(ids, 'float32'), g.ReduceMax(product, [0, 1], 0)), [2]);
  g.output(g.Expand(each, g.Concat([g.Shape(ids), g.int64s([rows])], 0)), 'logits');
  await writeModelFile(join(folder, 'onnx', 'model.onnx'), g.model());
  return folder;
};

/** The program, and what it ends with. */
const start = (...argv: string[]) => {
  const child = spawn(process.execPath, [...flags, file('../main.ts'), ...argv]);
  const end = Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]).then(
    ([stdout, stderr, [status, signal]]) => ({ stdout, stderr, status, signal }),
  );
  return { child, end };
};

/** Processor seconds of a process, on Linux. */
const busySeconds = async (pid: number): Promise<number> => {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).replace(/^.*\) /s, '').split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
};

describe.runIf(process.platform === 'linux')('while the runtime computes for minutes', () => {
  const busy = async () => {
    const folder = await temporaryFolder();
    const trace = join(folder, 'trace.jsonl');
    const prompt = ['Tell me', '--steps', '2', '--max-new-tokens', '4', '--json', '--trace', trace];
    const { child, end } = start('generate', ...prompt, '--denoiser', await slowModel());
    await expect.poll(() => readdir(folder), { timeout: 60_000 }).toHaveLength(1);
    // Starting takes a few seconds; after so many it computes.
    await expect.poll(() => busySeconds(child.pid!), { timeout: 120_000, interval: 200 }).toBeGreaterThan(8);
    return { child, end, folder };
  };

  test('one Ctrl-C ends the process, and what was traced is kept', async () => {
    const { child, end, folder } = await busy();
    child.kill('SIGINT');
    // By the signal itself, for which shells say 130.
    const ended = { stdout: '', stderr: 'entrgi: Interrupted.\n', status: null, signal: 'SIGINT' };
    expect(await end).toEqual(ended);
    expect(await readdir(folder)).toEqual(['trace.jsonl']);
  });

  test.runIf(process.env.ENTRGI_SLOW === '1')(
    'a second Ctrl-C ends it at once, and the next run clears what was left',
    async () => {
      const { child, end, folder } = await busy();
      child.kill('SIGINT');
      child.kill('SIGINT');
      expect(await end).toMatchObject({ stdout: '', signal: 'SIGINT' });
      const next = start(
        ...[
          'generate',
          'Complete this story: Once',
          '--steps',
          '1',
          '--method',
          'base',
          '--max-new-tokens',
          '4',
        ],
        ...['--trace', join(folder, 'trace.jsonl')],
      );
      expect(await next.end).toMatchObject({ stderr: '', status: 0 });
      expect(await readdir(folder)).toEqual(['trace.jsonl']);
    },
  );
});
