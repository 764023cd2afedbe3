import type { Engine } from '../cases/section.js';
import type { ProcessMemory } from '../measure/memory.js';
import type { Spread } from '../measure/statistics.js';

/** How far a side's outputs are from those of the side that they must be the same as, or like. */
export interface Agreement {
  readonly with: string;
  /** Largest difference, relative to the largest value, over all outputs. */
  readonly difference: number;
  /** What it may be at full precision; absent where it is only told. */
  readonly tolerance?: number;
  /** Of each output with the other side's, where the difference is only told. */
  readonly cosines?: Readonly<Record<string, number>>;
}

/** With its standard error over rounds, null for a single round. */
export interface Mean {
  readonly mean: number;
  readonly standardError: number | null;
}

/** A side that ran. */
export interface SideTimes {
  /** Per unit of work, in the order of the rounds. */
  readonly seconds: readonly number[];
  readonly time: Spread;
  /** Of the times of the same round, to the side named; absent for the side that others are divided by. */
  readonly ratio?: Spread & { readonly to: string };
  /** Time over what its matrix products would take at the machine's matrix rate of the same round. */
  readonly timesFloor?: Spread;
  readonly memory?: ProcessMemory | undefined;
  readonly agreement?: Agreement | undefined;
  /** Mean over rounds of the mean over trajectories; `difference` to the side that times are divided by, paired by round. */
  readonly rewards?: Mean & { readonly difference?: Mean };
  /** How many of the texts are those of the side that times are divided by; absent where one of the two does not give any. */
  readonly texts?: { readonly same: number; readonly of: number };
}

export interface SideResult {
  readonly name: string;
  readonly engine: Engine;
  /** Why there are no times. */
  readonly missing?: string;
  readonly times?: SideTimes;
}

export interface CaseResult {
  readonly section: string;
  readonly parameters: Readonly<Record<string, string | number>>;
  readonly unit: string;
  /** Floating-point operations per second of a large matrix product, on as many threads. */
  readonly matrixRate: Spread;
  readonly sides: readonly SideResult[];
}

/** Everything a run found, and what it depends on. */
export interface Report {
  readonly started: string;
  readonly machine: Readonly<Record<string, string | number>>;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly cases: readonly CaseResult[];
}
