import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { cp, lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Attempt } from './attempt-case.js';
import { caseOf } from './case-of.js';
import type { FindingKind, HostileGroup } from './hostile-case.js';

/** Longest that a case may take, in milliseconds. */
export const LIMIT = 3000;
/** On a busy machine time passes while nothing runs: a case is late only where it is so this often, and is waited for so much longer. */
const TRIES = 3;
const PATIENCE = 4;

const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));

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

type Outcome = (Attempt & { readonly name: string }) | 'crash' | 'hang';

/** Tries cases of a group in a process that may die. Whatever goes wrong is tried again in a fresh one before it counts. */
export const runGroup = async (group: HostileGroup, run: GroupRun): Promise<GroupResult> => {
  const { attempt, stop } = prober(run);
  const findings: GroupFinding[] = [];
  let accepted = 0;
  try {
    for (const index of run.indices) {
      const { name, limit = LIMIT } = caseOf(group, run.seed, index);
      let outcome: Outcome = 'hang';
      let isLate = true;
      for (let tries = 0; isLate && tries < TRIES; tries += 1) {
        outcome = await attempt(index, PATIENCE * limit);
        isLate = typeof outcome === 'string' || outcome.milliseconds > limit;
      }
      if (typeof outcome === 'object' && outcome.accepted) accepted += 1;
      const finding: Pick<GroupFinding, 'kind' | 'what'> | undefined =
        typeof outcome === 'string'
          ? { kind: outcome, what: 'the process' }
          : (outcome.finding ??
            (isLate ? { kind: 'hang', what: `${Math.round(outcome.milliseconds)} ms` } : undefined));
      const folder = join(run.root, `case-${index}`);
      if (finding !== undefined) {
        findings.push({ index, name, ...finding });
        await cp(folder, join(run.kept, `${run.name}-${run.seed}-${index}`), {
          recursive: true,
          filter: isKept,
        });
      }
      await rm(folder, { recursive: true, force: true });
    }
  } finally {
    stop();
  }
  const temporary = await readdir(join(run.root, 'tmp'));
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

const prober = ({ name, seed, root }: GroupRun) => {
  let child: ChildProcess | undefined;
  const ready = async (): Promise<ChildProcess> => {
    if (child !== undefined) return child;
    child = fork(file('./worker.ts'), [name, String(seed), root], {
      execArgv: [
        '--conditions=@entrgi/source',
        '--max-old-space-size=1024',
        '--import',
        file('../../apps/cli/src/testing/run-source.js'),
      ],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      // What cases see of this machine is the folder.
      env: { PATH: process.env.PATH, TMPDIR: join(root, 'tmp'), HOME: join(root, 'home') },
    });
    await Promise.race([
      once(child, 'message'),
      once(child, 'exit').then(() => {
        throw new Error(`the process that tries ${name} does not start`);
      }),
    ]);
    return child;
  };
  const stop = (): void => {
    child?.kill('SIGKILL');
    child = undefined;
  };
  return {
    stop,
    async attempt(index: number, patience: number): Promise<Outcome> {
      const tried = await ready();
      tried.send(index);
      const ended = new AbortController();
      const options = { signal: ended.signal };
      let timer: NodeJS.Timeout | undefined;
      const outcome = await Promise.race([
        once(tried, 'message', options).then(([result]) => result as Outcome),
        once(tried, 'exit', options).then(() => 'crash' as const),
        new Promise<'hang'>((resolve) => {
          timer = setTimeout(resolve, patience, 'hang');
        }),
      ]).finally(() => {
        clearTimeout(timer);
        ended.abort();
      });
      if (typeof outcome === 'string') stop();
      return outcome;
    },
  };
};
