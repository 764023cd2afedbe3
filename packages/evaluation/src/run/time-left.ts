import { canonicalJson } from '../journal/canonical-json.js';
import type { Cell } from '../plan/plan-evaluation.js';

/**
 * Estimates how long what is left takes: by the mean of what results of the same method and models took, each
 * as long as the mean of all where there is none yet.
 */
export const timeLeft = (workers: number) => {
  const taken = new Map<string, { sum: number; count: number }>();
  const add = (name: string, seconds: number) => {
    const { sum, count } = taken.get(name) ?? { sum: 0, count: 0 };
    taken.set(name, { sum: sum + seconds, count: count + 1 });
  };
  const mean = (name: string): number | undefined => {
    const { sum, count } = taken.get(name) ?? { sum: 0, count: 0 };
    return count === 0 ? undefined : sum / count;
  };
  return {
    add(cell: Timed, seconds: number): void {
      add(kindOf(cell), seconds);
      add('all', seconds);
    },
    /** Seconds; undefined as long as nobody can tell. */
    of(cells: Iterable<Timed>): number | undefined {
      const all = mean('all');
      if (all === undefined) return undefined;
      let seconds = 0;
      for (const cell of cells) seconds += mean(kindOf(cell)) ?? all;
      return seconds / workers;
    },
  };
};

type Timed = Pick<Cell, 'method' | 'recorded'>;

const kindOf = ({ method, recorded: { hashes } }: Timed): string => canonicalJson([method, hashes]);
