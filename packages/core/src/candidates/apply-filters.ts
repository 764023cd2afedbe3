import type { Filter } from '../contracts/guidance/filter.js';
import { NumericalError } from '../errors/errors.js';

/**
 * Rounding aside, probabilities that add up to something else than 1 are those of a filter that left
 * rescaling to us.
 */
const ROUNDING = 1e-3;

/**
 * Applies filters, in order and in place, to the probabilities of `tokenIds` (undefined: every token).
 * @throws NumericalError, naming the filter, where one leaves nothing, a NaN, an infinity or a negative
 *   number
 */
export const applyFilters = (
  filters: readonly Filter[],
  probs: Float32Array,
  tokenIds?: Int32Array | undefined,
): void => {
  for (let index = 0; index < filters.length; index++) {
    const filter = filters[index]!;
    filter(probs, tokenIds);
    // Those that graphs apply are known to leave a distribution.
    if (filter.rule !== undefined) continue;
    const mass = massOf(probs);
    if (!(mass > 0 && mass < Number.POSITIVE_INFINITY)) throw refusal(index, filter, probs, tokenIds);
    if (Math.abs(mass - 1) < ROUNDING) continue;
    for (let place = 0; place < probs.length; place++) probs[place]! /= mass;
  }
};

/** Whether the most probable token is known without asking the filters. */
export const keepMostProbable = (filters: readonly Filter[]): boolean =>
  filters.every(({ keepsMostProbable }) => keepsMostProbable === true);

/** NaN where one of them is negative. */
const massOf = (probs: Float32Array): number => {
  let mass = 0;
  let lowest = 0;
  for (let place = 0; place < probs.length; place++) {
    const p = probs[place]!;
    mass += p;
    if (p < lowest) lowest = p;
  }
  return lowest < 0 ? Number.NaN : mass;
};

const refusal = (
  index: number,
  filter: Filter,
  probs: Float32Array,
  tokenIds: Int32Array | undefined,
): NumericalError => {
  const { name } = filter as { readonly name?: string };
  const which = `filters[${index}]${name ? ` (${name})` : ''}`;
  const place = probs.findIndex((p) => !(p >= 0 && p < Number.POSITIVE_INFINITY));
  const wrong =
    place < 0
      ? 'none above 0'
      : `${probs[place]} for token ${tokenIds === undefined ? place : tokenIds[place]}`;
  return new NumericalError(
    `${which}: expected probabilities of at least 0, one of them above, got ${wrong}.`,
    {
      value: place < 0 ? 0 : probs[place],
      hint: 'A filter must keep at least one token that those before it kept.',
    },
  );
};
