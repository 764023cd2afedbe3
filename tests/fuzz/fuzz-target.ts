import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Batch, BatchResult, Finding } from './worker.js';

/** Longest that a batch may be silent, in milliseconds; what is to blame is then looked for case by case. */
const PATIENCE = 60_000;
const ALONE = 10_000;

const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** How one process of a target is asked. */
interface Prober {
  /** The result of a batch; 'crash' or 'hang' where the process did not survive it. */
  attempt(batch: Batch, patience: number): Promise<BatchResult | 'crash' | 'hang'>;
  stop(): void;
}

const prober = (target: string, seed: number): Prober => {
  let child: ChildProcess | undefined;
  const ready = async (): Promise<ChildProcess> => {
    if (child !== undefined) return child;
    child = fork(file('./worker.ts'), [target, String(seed)], {
      execArgv: [
        '--conditions=@entrgi/source',
        '--max-old-space-size=1024',
        '--import',
        file('../../apps/cli/src/testing/run-source.js'),
      ],
    });
    await once(child, 'message');
    return child;
  };
  const stop = (): void => {
    child?.kill('SIGKILL');
    child = undefined;
  };
  return {
    stop,
    async attempt(batch, patience) {
      const process = await ready();
      process.send(batch);
      const ended = new AbortController();
      const options = { signal: ended.signal };
      let timer: NodeJS.Timeout | undefined;
      const outcome = await Promise.race([
        once(process, 'message', options).then(([result]) => result as BatchResult),
        once(process, 'exit', options).then(() => 'crash' as const),
        new Promise<'hang'>((resolve) => {
          timer = setTimeout(resolve, patience, 'hang');
        }),
      ]);
      clearTimeout(timer);
      ended.abort();
      if (typeof outcome === 'string') stop();
      return outcome;
    },
  };
};

/** Tries cases of a target by number; yields what each batch came to, with the number of the case after it. */
export async function* fuzzTarget(
  target: string,
  { seed, first, end, size = 1000 }: { seed: number; first: number; end: number; size?: number },
): AsyncGenerator<BatchResult & { readonly next: number }> {
  const { attempt, stop } = prober(target, seed);
  try {
    for (let at = first; at < end; at += size) {
      const next = Math.min(at + size, end);
      const outcome = await attempt({ first: at, end: next }, PATIENCE);
      yield typeof outcome === 'object'
        ? { ...outcome, next }
        : { ...(await oneByOne(attempt, { first: at, end: next })), next };
    }
  } finally {
    stop();
  }
}

const oneByOne = async (attempt: Prober['attempt'], { first, end }: Batch): Promise<BatchResult> => {
  let accepted = 0;
  const findings: Finding[] = [];
  for (let index = first; index < end; index += 1) {
    const outcome = await attempt({ first: index, end: index + 1 }, ALONE);
    if (typeof outcome === 'string') findings.push({ index, kind: outcome, what: 'the process' });
    else {
      accepted += outcome.accepted;
      findings.push(...outcome.findings);
    }
  }
  return { accepted, findings };
};
