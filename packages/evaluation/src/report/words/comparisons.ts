import type { Estimate } from '../summary/statistics.js';
import type { DifferenceSummary, TemperatureSummary } from '../summary/summary.js';

/** All rows that are compared with one. */
export interface Comparison {
  readonly against: string;
  readonly rows: readonly { readonly name: string; readonly difference: DifferenceSummary }[];
}

/** What is compared, and where a difference has it. */
export const measures: readonly (readonly [string, (found: DifferenceSummary) => Estimate | undefined])[] = [
  ['Top@1', ({ top1 }) => top1],
  ['Avg@K', ({ avg }) => avg],
  ['judge of the best', ({ judge }) => judge],
  ['judge of all', ({ judgeAvg }) => judgeAvg],
];

/** Every pair of rows once: of two that are each compared with the other, the later minus the earlier. */
export const comparisonsOf = ({ methods }: TemperatureSummary): Comparison[] => {
  const names = methods.map(({ name }) => name);
  const isMutual = (name: string, against: string) =>
    methods.some((each) => each.name === against && each.differences.some((other) => other.against === name));
  const pairs = methods.flatMap(({ name, differences }) =>
    differences
      .filter(({ against }) => names.indexOf(name) > names.indexOf(against) || !isMutual(name, against))
      .map((difference) => ({ name, difference })),
  );
  const all = [...new Set(pairs.map(({ difference }) => difference.against))];
  return all
    .toSorted((a, b) => names.indexOf(a) - names.indexOf(b))
    .map((against) => ({ against, rows: pairs.filter(({ difference }) => difference.against === against) }));
};
