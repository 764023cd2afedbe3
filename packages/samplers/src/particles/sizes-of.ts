import type { SampleOptions } from '../options/sample-options.js';
import { published } from '../presets/published.js';

/** Steps, particles and steps between looks, as the loop will have them. */
export const sizesOf = (
  {
    steps = published.sample.steps,
    trajectories = published.sample.trajectories,
  }: Pick<SampleOptions, 'steps' | 'trajectories'>,
  every: number | undefined,
): { readonly steps: number; readonly particles: number; readonly every: number } => ({
  steps,
  particles: trajectories,
  every: every ?? Math.max(1, Math.ceil(steps / 8)),
});
