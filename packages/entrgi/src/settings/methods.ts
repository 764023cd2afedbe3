import { relaxations } from '@entrgi/core';

/**
 * How responses are made: `base` writes one without guidance, `bon` is best-of-n, `bon-compute` the same with as many responses as a guided run costs, `smc` and `particle-gibbs` steer by the
 * reward's values; the others guide through the relaxation of that name.
 */
export type MethodName = 'base' | 'bon' | 'bon-compute' | 'smc' | 'particle-gibbs' | keyof typeof relaxations;

/** Those that guide. */
export const isRelaxation = (method: MethodName): method is keyof typeof relaxations =>
  Object.hasOwn(relaxations, method);

/** Every method by its name. */
export const methodNames: readonly MethodName[] = [
  'base',
  'bon',
  'bon-compute',
  ...(Object.keys(relaxations) as (keyof typeof relaxations)[]),
  'smc',
  'particle-gibbs',
];

/** What a method settles, whatever else is said. */
export const settledBy = (method: MethodName): { trajectories?: 1; guidanceSteps?: 0 } => {
  if (method === 'base') return { trajectories: 1, guidanceSteps: 0 };
  // Those of bon-compute are the guided run's, whose cost it spends.
  return isRelaxation(method) || method === 'bon-compute' ? {} : { guidanceSteps: 0 };
};
