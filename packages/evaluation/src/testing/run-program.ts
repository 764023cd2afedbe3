import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** The command line that runs a program of this folder from its source. */
export const programCommand = (name: string, ...argv: string[]): string[] => [
  process.execPath,
  '--conditions=@entrgi/source',
  '--import',
  file('../../../../apps/cli/src/testing/run-source.js'),
  file(`./${name}.ts`),
  ...argv,
];

/** Starts a command; resolves, when it has ended, to what it said on stdout and its exit status. */
export const runCommand = async (
  [command, ...argv]: readonly string[],
  onStart: (child: ChildProcessWithoutNullStreams) => void = () => {},
): Promise<{ readonly stdout: string; readonly stderr: string; readonly status: number | null }> => {
  const child = spawn(command!, argv);
  onStart(child);
  const [stdout, stderr, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  return { stdout, stderr, status };
};
