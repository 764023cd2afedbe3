import { type MortalProcess, mortalProcess } from './mortal-process.js';
import type { Batch, BatchResult, Finding } from './worker.js';

/** Longest that a batch may be silent, in milliseconds; what is to blame is then looked for case by case. */
const PATIENCE = 60_000;
const ALONE = 10_000;

type Prober = MortalProcess<Batch, BatchResult>;

/** Tries cases of a target by number; yields what each batch came to, with the number of the case after it. */
export async function* fuzzTarget(
  target: string,
  { seed, first, end, size = 1000 }: { seed: number; first: number; end: number; size?: number },
): AsyncGenerator<BatchResult & { readonly next: number }> {
  const worker = new URL('./worker.ts', import.meta.url);
  const { ask, stop }: Prober = mortalProcess(worker, [target, String(seed)]);
  try {
    for (let at = first; at < end; at += size) {
      const next = Math.min(at + size, end);
      const outcome = await ask({ first: at, end: next }, PATIENCE);
      yield typeof outcome === 'object'
        ? { ...outcome, next }
        : { ...(await oneByOne(ask, { first: at, end: next })), next };
    }
  } finally {
    stop();
  }
}

const oneByOne = async (ask: Prober['ask'], { first, end }: Batch): Promise<BatchResult> => {
  let accepted = 0;
  const findings: Finding[] = [];
  for (let index = first; index < end; index += 1) {
    const outcome = await ask({ first: index, end: index + 1 }, ALONE);
    if (typeof outcome === 'string') findings.push({ index, kind: outcome, what: 'the process' });
    else {
      accepted += outcome.accepted;
      findings.push(...outcome.findings);
    }
  }
  return { accepted, findings };
};
