import type { Relaxation } from '../contracts/guidance/relaxation.js';
import { NumericalError } from '../errors/errors.js';

/**
 * Weight of a row's drawn token, by its entropy in nats over a vocabulary of `size`.
 * @throws NumericalError where the relaxation gives another than one in [0, 1]
 */
export const tokenWeight = (
  entropy: number,
  size: number,
  relaxation: Relaxation,
  place: () => string,
): number => {
  const flat = Math.log(size);
  // Rounding may put the entropy of a flat distribution above log V.
  const weight = relaxation(flat === 0 ? 0 : Math.min(Math.max(entropy / flat, 0), 1));
  if (weight >= 0 && weight <= 1) return weight;
  const name = relaxation.name === '' ? 'relaxation' : `relaxation '${relaxation.name}'`;
  throw new NumericalError(`${place()}: ${name}: expected a weight in [0, 1], got ${weight}.`, {
    value: weight,
    hint: 'A relaxation maps the normalized entropy, in [0, 1], into [0, 1].',
  });
};
