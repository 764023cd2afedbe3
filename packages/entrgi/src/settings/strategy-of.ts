import { InvalidArgumentError } from '@entrgi/core';
import { requirePositive } from '@entrgi/core/internal';
import { type Budget, type Strategy, strategies } from '@entrgi/samplers';
import type { MethodName } from './methods.js';
import type { Settings } from './settings.js';

/**
 * How trajectories are made into responses; undefined where a guided run has to say first what may be spent.
 * @throws InvalidArgumentError
 */
export const strategyOf = (method: MethodName, settings: Settings): Strategy | undefined => {
  const { steeringBeta: beta, potential, lookEvery: every, drafts, resampleBelow, iterations } = settings;
  if (method === 'smc' || method === 'guided-smc')
    return strategies.smc({ beta, potential, every, drafts, resampleBelow });
  if (method === 'particle-gibbs') {
    return strategies.particle_gibbs({ beta, potential, every, drafts, iterations });
  }
  if (method !== 'bon-compute') return strategies.independent();
  const budget = budgetOf(settings);
  return budget && strategies.compute_matched(budget);
};

const budgetOf = ({ budgetPasses: passes, budgetSeconds: seconds }: Settings): Budget | undefined => {
  if (passes !== undefined && seconds !== undefined) {
    throw new InvalidArgumentError('budgetPasses: expected it or budgetSeconds, got both.', {
      value: passes,
      argument: 'budgetPasses',
    });
  }
  if (passes !== undefined) requirePositive('budgetPasses', passes);
  if (seconds !== undefined) requirePositive('budgetSeconds', seconds);
  if (passes !== undefined) return { passes };
  return seconds === undefined ? undefined : { seconds };
};
