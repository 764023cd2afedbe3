#!/usr/bin/env node
import { endSoon, Interruption, interruptSignal } from './process/interrupt-signal.js';
import { run } from './run.js';

const { stdout, stderr, env } = process;
const signal = interruptSignal(stdout, stderr);
const context = {
  // Opened by who reads it, and by nobody else.
  get stdin() {
    return process.stdin;
  },
  stdout,
  stderr,
  env,
  signal,
};
const status = await run(process.argv.slice(2), context);
// What could not be written after all has set it already.
process.exitCode ??= status;
if (signal.reason instanceof Interruption) endSoon(signal.reason);
