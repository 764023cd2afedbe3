#!/usr/bin/env node
import { exitStatus } from './context.js';
import { describeError } from './describe-error.js';
import { interruptSignal } from './interrupt-signal.js';
import { run } from './run.js';

// What cannot be written to is told on the other stream; where that is gone as well, nobody is left to tell.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') return;
  process.stderr.write(`entrgi: ${describeError(Object.assign(error, { path: 'standard output' }))}\n`, () =>
    process.exit(exitStatus.error),
  );
});
process.stderr.on('error', () => {});

process.exitCode = await run(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  signal: interruptSignal(process.stdout),
});
