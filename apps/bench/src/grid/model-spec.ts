import type { WeightDtype } from '@entrgi/models';
import type { Engine } from '../cases/section.js';
import type { ModelSpec } from '../work/workload.js';

/** Large weights are held once. */
const LARGE = 1e8;

export const modelSpec = (directory: string, weights: number, dtype: WeightDtype): ModelSpec => ({
  directory,
  dtype,
  disablePrepacking: weights > LARGE,
});

/** At least so many bytes of memory do weights take: what the loaders know better they say themselves. */
export const weightBytes = (weights: number, dtype: WeightDtype, engine: Engine): number => {
  const width = { fp32: 4, auto: 2, fp16: 2, bf16: 2, q8: 1, q4: 0.5 }[dtype];
  return weights * (engine === 'pytorch' ? 4 : width);
};
