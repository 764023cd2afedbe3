import type { EntropyOf } from './entropy-of.js';
import type { Filter } from './filter.js';
import type { LogitOptimizer } from './logit-optimizer.js';
import type { Relaxation } from './relaxation.js';

/** How guidance goes about: what `rewardGuidance` was told. */
export interface GuidanceSettings {
  readonly relaxation: Relaxation;
  readonly optimizer: LogitOptimizer;
  readonly guidanceSteps: number;
  readonly entropyOf: EntropyOf;
  /** undefined: the sampling temperature. */
  readonly softTemperature: number | undefined;
  /** undefined: the sampler's. */
  readonly hardFilters: readonly Filter[] | undefined;
  /** In bytes; undefined: what `rewardGuidance` takes by default. */
  readonly memoryLimit: number | undefined;
}
