import { cp, lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { mortalProcess } from '../fuzz/mortal-process.js';
import type { Attempt } from './attempt-case.js';
import { caseOf } from './case-of.js';
import { type FindingKind, type HostileGroup, LIMIT } from './hostile-case.js';

/** On a busy machine time passes while nothing runs: a case is late only where it is so this often, and is waited for so much longer. */
const TRIES = 3;
const PATIENCE = 4;

export interface GroupFinding {
  readonly index: number;
  readonly name: string;
  readonly kind: FindingKind;
  readonly what: string;
}

/** What a group came to. */
export interface GroupResult {
  readonly cases: number;
  readonly accepted: number;
  readonly findings: readonly GroupFinding[];
}

export interface GroupRun {
  readonly name: string;
  readonly seed: number;
  readonly indices: readonly number[];
  /** A folder for everything that cases write. */
  readonly root: string;
  /** Where the folders of findings are kept. */
  readonly kept: string;
}

/** Tries cases of a group in a process that may die. Whatever goes wrong is tried again in a fresh one before it counts. */
export const runGroup = async (group: HostileGroup, run: GroupRun): Promise<GroupResult> => {
  const { seed, root, kept } = run;
  const worker = new URL('./worker.ts', import.meta.url);
  const { ask, stop } = mortalProcess<number, Attempt>(worker, [run.name, String(seed), root], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    // What cases see of this machine is the folder.
    env: { PATH: process.env.PATH, TMPDIR: join(root, 'tmp'), HOME: join(root, 'home') },
  });
  const findings: GroupFinding[] = [];
  let accepted = 0;
  try {
    for (const index of run.indices) {
      const { name, limit = LIMIT } = caseOf(group, seed, index);
      let outcome: Attempt | 'crash' | 'hang' = 'hang';
      let isLate = true;
      for (let tries = 0; isLate && tries < TRIES; tries += 1) {
        outcome = await ask(index, PATIENCE * limit);
        isLate = typeof outcome === 'string' || outcome.milliseconds > limit;
      }
      if (typeof outcome === 'object' && outcome.accepted) accepted += 1;
      const finding: Pick<GroupFinding, 'kind' | 'what'> | undefined =
        typeof outcome === 'string'
          ? { kind: outcome, what: 'the process' }
          : (outcome.finding ??
            (isLate ? { kind: 'hang', what: `${Math.round(outcome.milliseconds)} ms` } : undefined));
      const folder = join(root, `case-${index}`);
      if (finding !== undefined) {
        findings.push({ index, name, ...finding });
        await cp(folder, join(kept, `${run.name}-${seed}-${index}`), {
          recursive: true,
          filter: isKept,
        });
      }
      await rm(folder, { recursive: true, force: true });
    }
  } finally {
    stop();
  }
  const temporary = await readdir(join(root, 'tmp'));
  if (temporary.length > 0) {
    findings.push({ index: -1, name: 'temporary folder', kind: 'left behind', what: temporary.join(', ') });
  }
  return { cases: run.indices.length, accepted, findings };
};

/** Pipes and links cannot be copied as they are; what is large is made of holes. */
const isKept = async (path: string): Promise<boolean> => {
  const facts = await lstat(path);
  return facts.isDirectory() || (facts.isFile() && facts.size < 10_000_000);
};
