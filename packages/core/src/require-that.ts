import { InvalidArgumentError } from './errors.js';

/** Throws InvalidArgumentError unless `value` is a finite number above 0. */
export const requirePositive = (name: string, value: number): void =>
  requireThat(name, value, 'a number above 0', Number.isFinite(value) && value > 0);

/** Throws InvalidArgumentError unless `value` is a whole number of at least `least`. */
export const requireWhole = (name: string, value: number, least: number): void =>
  requireThat(
    name,
    value,
    `a whole number of at least ${least}`,
    Number.isSafeInteger(value) && value >= least,
  );

/** Throws InvalidArgumentError unless `holds`. */
export const requireThat = (name: string, value: unknown, domain: string, holds: boolean): void => {
  if (!holds) throw new InvalidArgumentError(`${name}: expected ${domain}, got ${String(value)}.`, { value });
};
