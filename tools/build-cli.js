// npm run build:cli: builds the command line and all that it imports, and says what it is doing as long as that takes.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const terminal = process.stderr.isTTY ? process.stderr : undefined;
const say = (text) => terminal?.write(`\r\u001b[K${text}`);
const since = performance.now();

const flags = ['--filter=@entrgi/cli...', '--output-logs=hash-only', '--log-order=stream'];
const child = spawn('turbo', ['run', 'build', ...flags], {
  stdio: ['ignore', 'pipe', 'pipe'],
  shell: process.platform === 'win32',
  env: { ...process.env, TURBO_UI: 'false', FORCE_COLOR: '0' },
});
const log = [];
let [begun, all, latest] = [0, 0, ''];

const onLine = (line) => {
  log.push(line);
  all = Number(/Running build in (\d+) packages/.exec(line)?.[1] ?? all);
  const [, name, found] = /^(\S+):build: cache (hit|miss)/.exec(line) ?? [];
  if (name === undefined) return;
  begun += 1;
  if (found === 'hit') return;
  if (latest === '') process.stderr.write('Building the packages, once: about a minute on two cores …\n');
  latest = name;
};
for (const stream of [child.stdout, child.stderr]) createInterface(stream).on('line', onLine);

const ticking = setInterval(() => {
  if (latest === '') return;
  const elapsed = Math.round((performance.now() - since) / 1000);
  say(`  ${latest}, ${begun} of ${all}, ${elapsed} s`);
}, 200);

child.on('error', (error) => onLine(String(error)));
child.on('close', (code) => {
  clearInterval(ticking);
  say('');
  if (code !== 0) process.stderr.write(`${log.join('\n')}\n`);
  process.exitCode = code === 0 ? 0 : 1;
});
