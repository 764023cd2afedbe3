import { relaxations } from '@entrgi/core';

/** How responses are made: `base` writes one without guidance, `bon` is best-of-n, the others guide through the relaxation of that name. */
export type MethodName = 'base' | 'bon' | keyof typeof relaxations;

/** Every method by its name. */
export const methodNames: readonly MethodName[] = [
  'base',
  'bon',
  ...(Object.keys(relaxations) as (keyof typeof relaxations)[]),
];

/** What a method settles, whatever else is said. */
export const settledBy = (method: MethodName): { trajectories?: 1; guidanceSteps?: 0 } => {
  if (method === 'base') return { trajectories: 1, guidanceSteps: 0 };
  return method === 'bon' ? { guidanceSteps: 0 } : {};
};
