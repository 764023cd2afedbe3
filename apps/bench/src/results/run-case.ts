import { totalmem } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import type { Case, Engine, Side } from '../cases/section.js';
import type { WorkloadSpec } from '../cases/workload-spec.js';
import { type ProcessMemory, processMemory } from '../measure/memory.js';
import { mean } from '../measure/statistics.js';
import type { SideProcess } from '../sides/side-process.js';
import type { Measurement } from '../work/workload.js';
import { cosines, difference } from './agreement.js';
import type { Agreement, CaseResult, SideResult } from './results.js';
import { rateOf, summarize } from './summarize.js';

export interface RunCaseOptions {
  readonly section: string;
  readonly rounds: number;
  /** Starts a process for an engine; undefined where the engine is not there. */
  readonly start: (engine: Engine) => SideProcess | undefined;
  readonly log: (text: string) => void;
}

/** A side under way: what it measured, or why it stopped. */
interface Runner {
  readonly name: string;
  readonly process: SideProcess | undefined;
  missing: string | undefined;
  readonly measurements: Measurement[];
  memory: ProcessMemory | undefined;
  agreement: Agreement | undefined;
}

/** Rows and columns of the product that tells the machine's matrix rate: some ten milliseconds of work. */
const MATRIX_SIZE = 2048;

/** Float32 in different orders. */
const TOLERANCE = 1e-4;

/** Threads of a runtime wait for more work in a busy loop for a moment; they must not take the next side's processor time. */
const PAUSE_MS = 50;

/**
 * Runs the sides of a case in turns, round by round, so that a drift of the machine meets all of them alike; a large matrix product takes its
 * turn with them. One round before that warms up. A side that fails is reported as missing, and the others go on.
 */
export const runCase = async (work: Case, options: RunCaseOptions): Promise<CaseResult> => {
  const { section, rounds, start, log } = options;
  const matrix = startRunner('matrix product', start('entrgi'));
  const sides = work.sides.map((side) => prepare(side, start));
  const runners = [matrix, ...sides];
  try {
    await attempt(matrix, (process) =>
      process.load({ kind: 'matrix', size: MATRIX_SIZE, threads: work.threads }),
    );
    for (const [i, side] of work.sides.entries()) await warmUp(sides[i]!, side.workload, log);
    for (const [i, side] of work.sides.entries()) {
      const like = side.sameAs ?? side.approximates;
      const other = work.sides.findIndex(({ name }) => name === like);
      const tolerance = side.sameAs === undefined ? undefined : (side.tolerance ?? TOLERANCE);
      if (other >= 0) await compare(sides[i]!, sides[other]!, tolerance);
    }
    await attempt(matrix, (process) => process.run(0));
    for (let round = 1; round <= rounds; round++) {
      for (const runner of runners) {
        await setTimeout(PAUSE_MS);
        await attempt(runner, async (process) => {
          runner.measurements.push(await process.run(round));
        });
      }
      log(`  round ${round} of ${rounds}`);
    }
  } finally {
    await Promise.all(runners.map(({ process }) => process?.end()));
  }
  return toResult(section, work, matrix, sides);
};

const startRunner = (name: string, process: SideProcess | undefined, missing?: string): Runner => ({
  name,
  process,
  missing,
  measurements: [],
  memory: undefined,
  agreement: undefined,
});

const prepare = (side: Side, start: RunCaseOptions['start']): Runner => {
  const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
  if (side.weightBytes > totalmem()) {
    const reason = `weights of ${gigabytes(side.weightBytes)}, memory of ${gigabytes(totalmem())}`;
    return startRunner(side.name, undefined, reason);
  }
  const process = start(side.engine);
  return startRunner(side.name, process, process === undefined ? 'PyTorch not found' : undefined);
};

const warmUp = async (runner: Runner, spec: WorkloadSpec, log: (text: string) => void): Promise<void> => {
  await attempt(runner, async (process) => {
    await process.load(spec);
    await process.run(0);
    runner.memory = processMemory(process.pid);
  });
  log(`  ${runner.name}: ${runner.missing ?? 'ready'}`);
};

const compare = async (runner: Runner, other: Runner, tolerance: number | undefined): Promise<void> => {
  await attempt(other, async (first) => {
    const ours = await first.outputs();
    await attempt(runner, async (second) => {
      const theirs = await second.outputs();
      if (ours === null || theirs === null) return;
      runner.agreement = {
        with: other.name,
        difference: difference(ours, theirs),
        ...(tolerance === undefined ? { cosines: cosines(ours, theirs) } : { tolerance }),
      };
    });
  });
};

/** Does something with a side that is still there; an error takes it out. */
const attempt = async (runner: Runner, action: (process: SideProcess) => Promise<unknown>): Promise<void> => {
  const { process } = runner;
  if (process === undefined || runner.missing !== undefined) return;
  try {
    await action(process);
  } catch (error) {
    runner.missing = (error as Error).message;
  }
};

const toResult = (section: string, work: Case, matrix: Runner, sides: readonly Runner[]): CaseResult => {
  if (matrix.missing !== undefined) throw new Error(`the matrix product failed: ${matrix.missing}`);
  const perUnit = ({ measurements }: Runner) => measurements.map(({ seconds, units = 1 }) => seconds / units);
  const roundsOf = (runner: Runner) => ({
    seconds: perUnit(runner),
    rewards: runner.measurements.flatMap(({ rewards }) => (rewards === undefined ? [] : [mean(rewards)])),
    texts: runner.measurements.flatMap(({ texts = [] }) => texts),
  });
  const results = work.sides.map((side, i): SideResult => {
    const runner = sides[i]!;
    const { name, engine } = side;
    if (runner.missing !== undefined) return { name, engine, missing: runner.missing };
    const base =
      sides[work.sides.findIndex((other) => other.name === (side.against ?? work.sides[0]!.name))]!;
    const times = summarize({
      ...roundsOf(runner),
      matrixSeconds: perUnit(matrix),
      operations: side.operations,
      base:
        base === runner || base.missing !== undefined ? undefined : { name: base.name, ...roundsOf(base) },
    });
    return { name, engine, times: { ...times, memory: runner.memory, agreement: runner.agreement } };
  });
  const { parameters, unit } = work;
  return { section, parameters, unit, matrixRate: rateOf(perUnit(matrix)), sides: results };
};
