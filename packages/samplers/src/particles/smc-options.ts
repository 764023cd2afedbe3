import {
  type OptionNames,
  requireKnownOptions,
  requireName,
  requirePositive,
  requireThat,
  requireWhole,
} from '@entrgi/core/internal';
import { type Potential, potentials } from './potentials.js';

/**
 * How particles are weighed and resampled. The target is p(x) · exp(R(x)/β), p what sampling without reward
 * writes.
 */
export interface SmcOptions {
  /**
   * β: how much reward a nat is worth.
   * @default 1
   */
  readonly beta?: number | undefined;
  /**
   * What a look multiplies weights by.
   * @default difference
   */
  readonly potential?: keyof typeof potentials | undefined;
  /**
   * Steps from one look to the next.
   * @default an eighth of the steps
   */
  readonly every?: number | undefined;
  /**
   * Resamples only where fewer than this share of the particles do all the work (the effective sample size).
   * @default 1, at every look
   */
  readonly resampleBelow?: number | undefined;
  /**
   * Complete responses drawn of each particle for a look, whose mean exp(R/β) is its own.
   * @default 1
   */
  readonly drafts?: number | undefined;
}

export const smcOptionNames: OptionNames<SmcOptions> = {
  beta: requirePositive,
  potential: (name, value) => requireName(name, value, Object.keys(potentials)),
  every: (name, value) => requireWhole(name, value, 1),
  resampleBelow: (name, value) =>
    requireThat(
      name,
      value,
      'a number above 0 and at most 1',
      typeof value === 'number' && value > 0 && value <= 1,
    ),
  drafts: (name, value) => requireWhole(name, value, 1),
};

export interface SmcSettings {
  readonly beta: number;
  readonly potential: Potential;
  readonly every: number | undefined;
  readonly resampleBelow: number;
  readonly drafts: number;
}

/**
 * Fills in the defaults.
 * @throws InvalidArgumentError
 */
export const smcSettings = (of: string, options: SmcOptions): SmcSettings => {
  requireKnownOptions(of, options, smcOptionNames);
  const { beta = 1, potential = 'difference', every, resampleBelow = 1, drafts = 1 } = options;
  return { beta, potential: potentials[potential], every, resampleBelow, drafts };
};
