import { isClear } from '../summary/statistics.js';
import type { TemperatureSummary } from '../summary/summary.js';
import { type Comparison, comparisonsOf, measures } from './comparisons.js';
import { difference } from './format.js';

/** Which differences of a table are more than two standard errors from 0, in words. */
export interface Findings {
  /** One text a pair of methods, those that go against guidance too. */
  readonly clear: readonly string[];
  /** How many of all that is, and how many chance would make; '' where nothing is compared. */
  readonly chance: string;
}

export const findingsOf = (summary: TemperatureSummary): Findings => {
  const pairs = comparisonsOf(summary).flatMap(({ against, rows }) =>
    rows.map((row) => ({ against, ...row })),
  );
  const clear = pairs.flatMap(({ name, against, difference: found }) => {
    const said = clearOf(found).map(([measure, value]) => `${measure} ${difference(value)}`);
    return said.length === 0
      ? []
      : [{ text: `${name} − ${against}: ${said.join(', ')}`, count: said.length }];
  });
  const all = pairs.flatMap(({ difference: found }) => measuredOf(found)).length;
  const count = clear.reduce((sum, each) => sum + each.count, 0);
  return { clear: clear.map(({ text }) => text), chance: all === 0 ? '' : chanceText(count, all) };
};

type Difference = Comparison['rows'][number]['difference'];

const measuredOf = (found: Difference) =>
  measures.flatMap(([measure, of]) => {
    const value = of(found);
    // Of one prompt there is no error, and so nothing that is more than two of them.
    return value === undefined || value.error === null ? [] : [[measure, value] as const];
  });

const clearOf = (found: Difference) => measuredOf(found).filter(([, value]) => isClear(value));

/** Of a normal distribution, 4.6 % lie beyond two standard errors. */
const chanceText = (count: number, all: number): string =>
  `${count} of ${all} differences ${count === 1 ? 'is' : 'are'} more than two standard errors from 0; if no methods differed, chance would make about ${Math.max(1, Math.round(0.046 * all))}.`;
