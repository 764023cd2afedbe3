// A process that tries cases of one target: what it dies of is the finding of its parent.
import { EntrgiError } from '@entrgi/core';
import { caseOf } from './case.js';
import type { Target } from './target.js';
import * as targets from './targets/index.js';

/** What a case came to where it did not end well. */
export interface Finding {
  readonly index: number;
  readonly kind: 'untyped' | 'slow' | 'crash' | 'hang';
  readonly what: string;
  /** The case, in base64: its number says it only as long as inputs and mutations stay. */
  readonly bytes?: string;
}

/** Asked by the parent: try the cases from `first` to `end` − 1. */
export interface Batch {
  readonly first: number;
  readonly end: number;
}

export interface BatchResult {
  /** Cases that the reader took. */
  readonly accepted: number;
  readonly findings: readonly Finding[];
}

/** Above this, in milliseconds, a case is slow, if it is so again. */
const SLOW = 1000;

// As many frames as a finding shows: most cases end in an error.
Error.stackTraceLimit = 3;

const [name, seed] = process.argv.slice(2) as [string, string];
const known: Readonly<Record<string, Target>> = targets;
const target = known[name]!;
const inputs = await target.inputs();

const attempt = async (bytes: Uint8Array): Promise<unknown> => {
  try {
    await target.attempt(bytes);
    return undefined;
  } catch (error) {
    return error ?? 'nothing was thrown';
  }
};

const timed = async (bytes: Uint8Array): Promise<readonly [error: unknown, milliseconds: number]> => {
  const start = performance.now();
  return [await attempt(bytes), performance.now() - start];
};

process.on('message', async ({ first, end }: Batch) => {
  let accepted = 0;
  const findings: Finding[] = [];
  for (let index = first; index < end; index += 1) {
    const bytes = caseOf(target, inputs, Number(seed), index);
    let [error, time] = await timed(bytes);
    // On a busy machine time passes while nothing runs.
    for (let again = 0; time > SLOW && again < 3; again += 1) time = Math.min(time, (await timed(bytes))[1]);
    const note = (kind: Finding['kind'], what: string): void => {
      findings.push({ index, kind, what, bytes: Buffer.from(bytes).toString('base64') });
    };
    if (time > SLOW) note('slow', `${Math.round(time)} ms`);
    if (error === undefined) accepted += 1;
    else if (!EntrgiError.isInstance(error)) {
      const what = error instanceof Error ? (error.stack ?? String(error)) : String(error);
      note('untyped', what.split('\n').slice(0, 4).join(' | '));
    }
    error = undefined;
  }
  process.send!({ accepted, findings } satisfies BatchResult);
});
process.send!('ready');
