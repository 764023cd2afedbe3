import type { JournalLine } from '../../journal/journal-line.js';
import { bestOfCurve } from './best-of-curve.js';
import type { Rows } from './differences.js';
import { meanOf } from './statistics.js';
import type { BestOfSummary } from './summary.js';

/** Best-of-n from the unguided method with the most responses; undefined where there is none. */
export const bestOfSummary = (rows: Rows, withoutSeconds: boolean): BestOfSummary | undefined => {
  const unguided = ['bon-compute', 'bon'].flatMap((method) =>
    [...rows]
      .filter(([, [line]]) => line!.method === method)
      .toSorted(([, a], [, b]) => samples(b) - samples(a)),
  );
  const [method, lines] = unguided[0] ?? [];
  if (method === undefined || lines === undefined) return undefined;
  const most = samples(lines);
  const curves = lines.map(({ trajectories }) => bestOfCurve(trajectories.map(({ reward }) => reward)));
  const passes = costOf(lines, rows.get('base'), ({ cost }) => cost.denoiserPasses + cost.rewardPasses);
  const seconds = withoutSeconds ? undefined : costOf(lines, rows.get('base'), ({ cost }) => cost.seconds);
  return {
    method,
    points: Array.from({ length: most }, (_, i) => ({
      n: i + 1,
      passes: passes(i + 1),
      seconds: seconds?.(i + 1) ?? null,
      top1: meanOf(curves.map((curve) => curve[i]!)),
    })),
  };
};

/**
 * What n responses cost: a straight line from what one of `base` does to what all of a sample do, as equal
 * responses are computed once, so that the first costs more than the next. Without `base`, in proportion.
 */
const costOf = (
  lines: readonly JournalLine[],
  base: readonly JournalLine[] | undefined,
  of: (line: JournalLine) => number,
): ((n: number) => number) => {
  const several = lines.filter(({ trajectories }) => trajectories.length > 1);
  if (base === undefined || several.length === 0) {
    const each = meanOf(lines.map((line) => of(line) / line.trajectories.length));
    return (n) => n * each;
  }
  const first = meanOf(base.map(of));
  const next = meanOf(several.map((line) => (of(line) - first) / (line.trajectories.length - 1)));
  return (n) => first + (n - 1) * next;
};

/** Responses per prompt that there are at least. */
const samples = (lines: readonly JournalLine[]): number =>
  Math.min(...lines.map(({ trajectories }) => trajectories.length));
