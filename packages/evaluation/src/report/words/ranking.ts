import { publishedOrder } from '../summary/differences.js';
import { isClear } from '../summary/statistics.js';
import type { TemperatureSummary } from '../summary/summary.js';
import { difference, number } from './format.js';

/**
 * What the published order of Top@1 has become, in words; undefined where fewer than three of its methods are
 * there.
 */
export const rankingText = ({ methods, ranking }: TemperatureSummary): string | undefined => {
  const names = new Set(ranking.flatMap(({ method, against }) => [method, against]));
  if (names.size < 3) return undefined;
  const rows = methods.filter(({ name }) => names.has(name)).toSorted((a, b) => b.top1.mean - a.top1.mean);
  const here = rows.map(({ name, top1 }) => `${name} ${number(top1.mean)}`).join(', ');
  const steps = ranking.map(
    ({ method, against, top1 }) =>
      `${method} − ${against} ${difference(top1)}${isClear(top1) ? ' (more than two standard errors)' : ''}`,
  );
  return `Published order of Top@1: ${publishedOrder.slice(0, -1).join(' ≥ ')} > ${publishedOrder.at(-1)}. Here: ${here}; ${steps.join(', ')}.`;
};

/** That rows are not of the same prompts and seeds, in words; undefined where they are. */
export const unevenText = ({ methods, isEven }: TemperatureSummary): string | undefined => {
  if (isEven) return undefined;
  const rows = methods.map(({ name, results }) => `${name} ${results}`).join(', ');
  return `The rows are of different prompts or seeds (results: ${rows}): their means do not compare; the differences do.`;
};
