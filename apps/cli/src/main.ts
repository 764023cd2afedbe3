#!/usr/bin/env node
import { exitStatus } from './context.js';
import { interruptSignal } from './interrupt-signal.js';
import { run } from './run.js';

// A reader that has seen enough (`entrgi … | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? exitStatus.success : exitStatus.error);
});

process.exitCode = await run(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  signal: interruptSignal(),
});
