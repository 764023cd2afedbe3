import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { rewardDirectory } from '@entrgi/tiny-stories';
import { expect, test } from 'vitest';
import { temporaryFolder } from './testing/temporary-folder.js';

// A download that is killed is in hub.test.ts.

/** On a busy machine the file may be whole before the signal is there. */
const again = { retry: 3 };

const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const flags = ['--conditions=@entrgi/source', '--import', file('./testing/run-source.js')];

/** Runs the program, and kills it as soon as a partial file in the folder has bytes in it; resolves to what is left there. */
const killed = async (folder: string, argv: readonly string[]): Promise<string[]> => {
  const child = spawn(process.execPath, [...flags, file('./main.ts'), ...argv], { stdio: 'ignore' });
  const exit = once(child, 'exit');
  for (;;) {
    if (child.exitCode !== null) expect.unreachable('it was done before');
    const partial = (await readdir(folder)).find((name) => name.endsWith('.partial'));
    const size = partial === undefined ? 0 : (await stat(join(folder, partial)).catch(() => undefined))?.size;
    if ((size ?? 0) > 0) break;
    await new Promise((turn) => setTimeout(turn, 1));
  }
  child.kill('SIGKILL');
  await exit;
  return (await readdir(folder)).filter((name) => name.endsWith('.partial'));
};

const runs = async (argv: readonly string[]) => {
  const child = spawn(process.execPath, [...flags, file('./main.ts'), ...argv]);
  const [stderr, , [status]] = await Promise.all([
    text(child.stderr),
    text(child.stdout),
    once(child, 'exit'),
  ]);
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
};

const short = [
  'generate',
  'Complete this story: Once',
  '--max-new-tokens',
  '4',
  '--json',
  '--method',
  'base',
];

test('what a run that was killed has left of a trace is cleared by the next', again, async () => {
  const folder = await temporaryFolder();
  const traced = [...short.slice(0, -2), '--guidance-steps', '1', '--trace', join(folder, 'trace.jsonl')];
  const left = await killed(folder, [...traced, '--steps', '64', '--max-new-tokens', '64']);
  expect(left).toHaveLength(1);
  await runs([...short, '--steps', '1', '--trace', join(folder, 'trace.jsonl')]);
  expect(await readdir(folder)).toEqual(['trace.jsonl']);
});

test('what it has left of quantized weights is, too', again, async () => {
  const folder = join(await temporaryFolder(), 'judge');
  await cp(rewardDirectory, folder, { recursive: true });
  const files = await readdir(folder);
  const argv = [...short, '--steps', '1', '--reward', folder, '--reward-dtype', 'q4'];
  expect(await killed(folder, argv)).toHaveLength(1);
  await runs(argv);
  const made = (await readdir(folder)).filter((name) => !files.includes(name));
  expect(made).toEqual([expect.stringMatching(/^judge-q4-[0-9a-f]{16}\.safetensors$/)]);
});
