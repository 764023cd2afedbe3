// npm run fuzz -- TARGET [--count N] [--seed S] [--state FILE] [--show INDEX]: see CONTRIBUTING.md.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { caseOf } from './case.js';
import { fuzzTarget } from './fuzz-target.js';
import type { Target } from './target.js';
import * as targets from './targets/index.js';
import type { Finding } from './worker.js';

/** Findings that are written down; more of them say nothing new. */
const KEPT = 200;

interface State {
  seed: number;
  next: number;
  accepted: number;
  readonly counts: Record<string, number>;
  readonly findings: Finding[];
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    state: { type: 'string' },
    show: { type: 'string' },
  },
});
const known: Readonly<Record<string, Target>> = targets;
const [name] = positionals;
if (name === undefined || !Object.hasOwn(known, name)) {
  throw new Error(`Expected one of ${Object.keys(known).join(', ')}, got ${name}.`);
}
const target = known[name]!;
const seed = Number(values.seed);

if (values.show !== undefined) {
  process.stdout.write(caseOf(target, await target.inputs(), seed, Number(values.show)));
} else {
  const path = values.state ?? `.cache/fuzz/${name}-${seed}.json`;
  mkdirSync(dirname(path), { recursive: true });
  const state = readState(path) ?? { seed, next: 0, accepted: 0, counts: {}, findings: [] };
  for await (const { next, accepted, findings } of fuzzTarget(name, {
    seed,
    first: state.next,
    end: Number(values.count),
  })) {
    state.next = next;
    state.accepted += accepted;
    for (const finding of findings) {
      state.counts[finding.kind] = (state.counts[finding.kind] ?? 0) + 1;
      if (state.findings.length < KEPT) state.findings.push(finding);
    }
    writeFileSync(`${path}.new`, JSON.stringify(state, null, 1));
    renameSync(`${path}.new`, path);
  }
  const { findings: _, ...summary } = state;
  process.stdout.write(`${name}: ${JSON.stringify(summary)}\n`);
  process.exitCode = state.findings.length === 0 ? 0 : 1;
}

function readState(path: string): State | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as State;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
