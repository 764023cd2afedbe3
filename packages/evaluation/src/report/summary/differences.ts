import type { JournalLine } from '../../journal/journal-line.js';
import { placeOf, promptOf } from './prompt-of.js';
import { type Estimate, estimateOver, meanOf } from './statistics.js';
import type { DifferenceSummary, RankingSummary } from './summary.js';

/** The rows of a table, by name. */
export type Rows = ReadonlyMap<string, readonly JournalLine[]>;

/** What every method is compared with: unguided samples, as many and as dear, and EntRGi. */
const references = ['bon', 'bon-compute', 'entrgi'];

/** What the published tables say of Top@1, the best first. */
export const publishedOrder = ['entrgi', 'aps', 'expectation', 'bon'];

/** A row against every other row of the methods that rows are compared with. */
export const differencesOf = (name: string, rows: Rows): DifferenceSummary[] =>
  references.flatMap((method) =>
    [...rows]
      .filter(([against, [other]]) => against !== name && other!.method === method)
      .flatMap(([against, others]) => differenceSummary(rows.get(name)!, against, others)),
  );

/** Of methods with several rows, the first. */
export const rankingOf = (rows: Rows): RankingSummary[] => {
  const ranked = publishedOrder.flatMap((method) => {
    const found = [...rows].find(([, [line]]) => line!.method === method);
    return found === undefined ? [] : [found];
  });
  return ranked.slice(1).flatMap(([against, others], i) => {
    const [method, lines] = ranked[i]!;
    return differenceSummary(lines, against, others).map((each) => ({ method, ...each }));
  });
};

const differenceSummary = (
  lines: readonly JournalLine[],
  against: string,
  others: readonly JournalLine[],
): DifferenceSummary[] => {
  const byPlace = new Map(others.map((line) => [placeOf(line), line]));
  const pairs = lines.flatMap((line) => {
    const other = byPlace.get(placeOf(line));
    return other === undefined ? [] : [{ line, other }];
  });
  if (pairs.length === 0) return [];
  // Seeds of one prompt are not independent: prompts are what errors are over.
  const over = (value: (line: JournalLine) => number): Estimate =>
    estimateOver(
      pairs,
      ({ line }) => promptOf(line),
      ({ line, other }) => value(line) - value(other),
    );
  const isJudged = [...lines, ...others].every(({ judge }) => judge !== undefined);
  return [
    {
      against,
      prompts: new Set(pairs.map(({ line }) => promptOf(line))).size,
      top1: over(({ top1 }) => top1),
      avg: over(({ avg }) => avg),
      ...(isJudged ? { judge: over(({ judge }) => judge!), judgeAvg: over(judgeOfAll) } : {}),
    },
  ];
};

/** Mean over all responses. */
export const judgeOfAll = ({ trajectories }: JournalLine): number =>
  meanOf(trajectories.map(({ judge = Number.NaN }) => judge));
