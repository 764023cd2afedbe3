import { relaxations } from '@entrgi/core';

type RelaxationName = keyof typeof relaxations;

/**
 * How responses are made: `base` writes one without guidance, `bon` is best-of-n, `bon-compute` the same with
 * as many responses as a guided run costs, `smc` and `particle-gibbs` steer by the reward's values,
 * `guided-smc` does so what `entrgi` guides; the others guide through the relaxation of that name.
 */
export type MethodName =
  | 'base'
  | 'bon'
  | 'bon-compute'
  | 'smc'
  | 'guided-smc'
  | 'particle-gibbs'
  | RelaxationName;

/** The relaxation that a method guides through; undefined where it does not guide. */
export const relaxationOf = (method: MethodName): RelaxationName | undefined => {
  if (method === 'guided-smc') return 'entrgi';
  return Object.hasOwn(relaxations, method) ? (method as RelaxationName) : undefined;
};

/** Every method by its name. */
export const methodNames: readonly MethodName[] = [
  'base',
  'bon',
  'bon-compute',
  ...(Object.keys(relaxations) as RelaxationName[]),
  'smc',
  'guided-smc',
  'particle-gibbs',
];

/** What a method settles, whatever else is said. */
export const settledBy = (method: MethodName): { trajectories?: 1; guidanceSteps?: 0 } => {
  if (method === 'base') return { trajectories: 1, guidanceSteps: 0 };
  // Those of bon-compute are the guided run's, whose cost it spends.
  const isFree = relaxationOf(method) !== undefined || method === 'bon-compute';
  return isFree ? {} : { guidanceSteps: 0 };
};
