import type { WeightDtype } from '@entrgi/models';

/** A checkpoint, and how it is held. Also what the PyTorch side reads: everything in a specification goes through JSON. */
export interface ModelSpec {
  readonly directory: string;
  /** The PyTorch side always computes in float32. */
  readonly dtype: WeightDtype;
  readonly disablePrepacking: boolean;
  /** Of a denoiser with `q8` or `q4` weights. Default: false. */
  readonly int8Activations?: boolean;
}

/** One run of a workload. */
export interface Measurement {
  readonly seconds: number;
  /** How many units of work the run did. Default: 1. */
  readonly units?: number;
  /** What the run wrote, and its rewards. */
  readonly texts?: readonly string[];
  readonly rewards?: readonly number[];
}

/** Work that is loaded and can be run again and again. */
export interface Workload {
  /** Round 0 warms up. Rounds may differ (in prompt and seed), engines of one round may not. */
  run(round: number): Promise<Measurement>;
  /** Numbers that every engine must agree on. */
  outputs?(): Promise<Readonly<Record<string, readonly number[]>>>;
  dispose(): Promise<void>;
}
