import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from './testing/temporary-folder.js';

const launcher = join(import.meta.dirname, '../bin/entrgi.js');

/** A clone in which `npm run build:cli` runs a script. */
const clone = async (build: string): Promise<(...argv: string[]) => ReturnType<typeof spawnSync>> => {
  const root = await temporaryFolder();
  const cli = join(root, 'apps/cli');
  mkdirSync(join(cli, 'bin'), { recursive: true });
  cpSync(launcher, join(cli, 'bin/entrgi.js'));
  writeFileSync(join(cli, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(root, 'build.cjs'), build);
  writeFileSync(join(root, 'package.json'), '{ "scripts": { "build:cli": "node build.cjs" } }');
  return (...argv) =>
    spawnSync(process.execPath, [join(cli, 'bin/entrgi.js'), ...argv], { encoding: 'utf8' });
};

test('the command can be linked before anything is built', async () => {
  expect(statSync(launcher).mode & 0o111).not.toBe(0);
});

test('builds once, then runs with its arguments, and keeps stdout for the command', async () => {
  const run = await clone(`
    const { mkdirSync, writeFileSync } = require('node:fs');
    console.log('building');
    mkdirSync('apps/cli/dist');
    writeFileSync('apps/cli/dist/main.js', 'console.log(process.argv.slice(2).join());');
  `);
  const first = run('generate', '--json');
  expect(first.stdout).toBe('generate,--json\n');
  expect(first.stderr).toContain('building');
  expect(run('inspect')).toMatchObject({ status: 0, stdout: 'inspect\n', stderr: '' });
});

test('says what to do where the build fails', async () => {
  const run = await clone('process.exit(3);');
  const { status, stdout, stderr } = run('generate');
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toContain('npm install && npm run build:cli');
});
