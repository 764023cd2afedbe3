import type { Method, RunSettings } from './protocol.js';

/** Passes of a model that one trajectory's step takes: the denoiser's, and for each update the reward's forward and backward. */
export const passesPerStep = (guidanceSteps: number, rewards: number): number =>
  1 + 2 * guidanceSteps * rewards;

/** How many responses a method writes: `base` one, best-of-n as many as cost what guiding the others does, counted in passes. */
export const trajectoriesOf = (
  method: Method,
  { trajectories, guidanceSteps }: Pick<RunSettings, 'trajectories' | 'guidanceSteps'>,
  rewards: number,
): number => {
  if (method === 'base') return 1;
  return method === 'best-of-n' ? trajectories * passesPerStep(guidanceSteps, rewards) : trajectories;
};

/** Whether it follows a gradient. */
export const isGuided = (method: Method): method is 'expectation' | 'aps' | 'entrgi' =>
  method !== 'base' && method !== 'best-of-n';
