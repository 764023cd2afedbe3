import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { rewardDirectory } from '@entrgi/tiny-stories';
import { expect, test } from 'vitest';
import { temporaryFolder } from './testing/temporary-folder.js';

const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const flags = ['--conditions=@entrgi/source', '--import', file('./testing/run-source.js')];

/** Runs `entrgi` where no file may be larger than 200 kB, which is what writing to a full disk is like for whom it happens to. */
const limited = async (...argv: string[]) => {
  const command = [process.execPath, ...flags, file('./main.ts'), ...argv];
  // POSIX counts in blocks of 512 bytes.
  const child = spawn('sh', ['-c', 'ulimit -f 400 && exec "$@"', 'sh', ...command]);
  const [stdout, stderr, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  return { stdout, stderr, status };
};

test.skipIf(process.platform === 'win32')(
  'a disk that is full before quantizing is done: one line, and nothing is left',
  async () => {
    const directory = join(await temporaryFolder(), 'judge');
    await cp(rewardDirectory, directory, { recursive: true });
    const files = await readdir(directory);
    const argv = ['generate', 'Once', '--reward', directory, '--reward-dtype', 'q4'];
    const { stdout, stderr, status } = await limited(...argv);
    expect(stderr).toMatch(
      /^entrgi: \S+\/judge-q4-[0-9a-f]{16}\.safetensors: no space is left \(EFBIG\)\. Pass quantizedDir .*\n$/,
    );
    expect({ stdout, status }).toEqual({ stdout: '', status: 1 });
    expect(await readdir(directory)).toEqual(files);
  },
);
