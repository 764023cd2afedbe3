import type { WeightDtype } from '@entrgi/models';
import type { WorkloadSpec } from './workload-spec.js';

/** Which program does the work. */
export type Engine = 'entrgi' | 'pytorch';

/** One way of doing a case's work. */
export interface Side {
  readonly name: string;
  readonly engine: Engine;
  readonly workload: WorkloadSpec;
  /** Name of the side that its time is divided by. Default: the first. */
  readonly against?: string;
  /** Name of a side whose outputs must be the same. */
  readonly sameAs?: string;
  /** Name of a side whose outputs are like: the report says how much, and nothing fails. */
  readonly approximates?: string;
  /** How much outputs that must be the same may differ by, relative to the largest. Default: 1e-4, for float32 in different orders. */
  readonly tolerance?: number;
  /** Floating-point operations of the matrix products that one unit cannot do without. */
  readonly operations?: number;
  /** Bytes of the weights in memory, at least: what does not fit is not started. */
  readonly weightBytes: number;
}

/** Work of one size, and the sides that do it in turns. */
export interface Case {
  /** What the case is, column by column of the table. */
  readonly parameters: Readonly<Record<string, string | number>>;
  readonly unit: string;
  readonly threads: number;
  readonly sides: readonly Side[];
}

/** Along what the cases vary. The first value of a list is the one at which the other lists are run through. */
export interface SectionSettings {
  /** Folder for checkpoints that are made. */
  readonly cache: string;
  readonly models: readonly ModelName[];
  readonly dtypes: readonly WeightDtype[];
  /** Tokens before the response, template included. */
  readonly promptLengths: readonly number[];
  readonly trajectories: readonly number[];
  readonly vocabularies: readonly number[];
  readonly threads: readonly number[];
  /** Tokens of a response. */
  readonly responseLength: number;
  readonly steps: number;
  readonly guidanceSteps: number;
}

export const modelNames = ['embedded', '0.6b', '7b'] as const;
export type ModelName = (typeof modelNames)[number];

/** Cases one after the other; a checkpoint is made when the first case that needs it is asked for. */
export type Section = (settings: SectionSettings) => AsyncIterable<Case>;
