#!/usr/bin/env node
// In the repository, unlike in the package, nothing is built at first, but npm links a command only to a file that is there.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const main = new URL('../dist/main.js', import.meta.url);

if (!existsSync(main)) {
  console.error('entrgi: not built yet: npm run build:cli');
  const { status } = spawnSync('npm', ['run', '--silent', 'build:cli'], {
    cwd: fileURLToPath(new URL('../../..', import.meta.url)),
    // Nothing but the command's own output belongs on stdout.
    stdio: ['ignore', 2, 'inherit'],
    shell: process.platform === 'win32',
  });
  if (status !== 0 || !existsSync(main)) {
    console.error('entrgi: the build failed. Run `npm install && npm run build:cli` in the repository.');
    process.exit(1);
  }
}
await import(main.href);
