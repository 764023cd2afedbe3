import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from './testing/temporary-folder.js';

const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const flags = ['--conditions=@entrgi/source', '--import', file('./testing/run-source.js')];

/** Runs the program in a process of its own, from source. */
const start = (...argv: string[]): ChildProcessWithoutNullStreams => {
  const { ORT_DISABLE_TELEMETRY: _, ...env } = process.env;
  return spawn(process.execPath, [...flags, file('./main.ts'), ...argv], { env });
};

/** What a shell says of how a process ended: one that dies by a signal is as one that exits with 128 and its number. */
const shellStatus = ({ status, signal }: { status: number | null; signal: NodeJS.Signals | null }) =>
  status ?? 128 + constants.signals[signal!];

const outcome = async (child: ChildProcessWithoutNullStreams) => {
  const [stdout, stderr, [status, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  return { stdout, stderr, status, signal };
};

test.each<[string, string[], number]>([
  ['help', ['--help'], 0],
  ['an error', ['inspect', '/nowhere'], 1],
  ['wrong usage', ['generate'], 2],
])('%s sets the exit status of the process', async (_, argv, status) => {
  const child = start(...argv);
  child.stdin.end();
  const { stdout, stderr, ...end } = await outcome(child);
  expect(end).toEqual({ status, signal: null });
  expect(stdout === '').toBe(status !== 0);
  expect(stderr === '').toBe(status === 0);
});

test('a prompt as long as an argument can be is refused, not fatal', async () => {
  // onnxruntime's reports read the command line and overflow the stack of a worker with this one: they are off there as well.
  const { stderr, ...end } = await outcome(start('generate', 'word '.repeat(26_000)));
  expect(end).toEqual({ stdout: '', status: 1, signal: null });
  expect(stderr).toMatch(/^entrgi: PROMPT: Expected a prompt of fewer than 256 tokens, got 26013\..*\n$/);
});

describe('Ctrl-C', () => {
  const running = async () => {
    const folder = await temporaryFolder();
    const trace = join(folder, 'trace.jsonl');
    const child = start(
      'generate',
      'Complete this story: Once',
      '--steps',
      '10000',
      '--json',
      '--trace',
      trace,
    );
    const end = outcome(child);
    await expect.poll(() => readdir(folder), { timeout: 60_000 }).toHaveLength(1);
    return { child, end, folder };
  };

  test('ends the step in progress and exits 130', async () => {
    const { child, end, folder } = await running();
    child.kill('SIGINT');
    const { stdout, stderr, ...ended } = await end;
    expect([stdout, stderr, shellStatus(ended)]).toEqual(['', 'entrgi: Interrupted.\n', 130]);
    expect(await readdir(folder)).toEqual(['trace.jsonl']);
  });

  test.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s does the same and exits %i', async (signal, status) => {
    const { child, end, folder } = await running();
    child.kill(signal);
    const { stdout, stderr, ...ended } = await end;
    expect([stdout, stderr, shellStatus(ended)]).toEqual(['', 'entrgi: Interrupted.\n', status]);
    expect(await readdir(folder)).toEqual(['trace.jsonl']);
  });

  test('twice ends at once', async () => {
    const { child, end } = await running();
    child.kill('SIGINT');
    child.kill('SIGINT');
    const { stdout, ...ended } = await end;
    expect([stdout, shellStatus(ended)]).toEqual(['', 130]);
  });
});

test.skipIf(process.platform !== 'linux')('output that does not fit is one line', async () => {
  const child = spawn('sh', [
    '-c',
    '"$@" > /dev/full',
    'sh',
    process.execPath,
    ...flags,
    file('./main.ts'),
    '--help',
  ]);
  const { stderr, status } = await outcome(child);
  expect(stderr).toBe('entrgi: standard output: no space is left (ENOSPC). Free some and run again.\n');
  expect(status).toBe(1);
});

test('a reader that closes the pipe early is no error', async () => {
  const child = start('--help');
  child.stdout.destroy();
  const [status] = await once(child, 'exit');
  expect(status).toBe(0);
  expect(await text(child.stderr)).toBe('');
});
