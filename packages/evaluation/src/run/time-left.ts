import type { JournalLine } from '../journal/journal-line.js';
import type { Cell } from '../plan/plan-evaluation.js';

/** Estimates how long what is left takes: by the mean of what results of the same method took, each as long as the mean of all where there is none yet. */
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
    add({ method }: Pick<JournalLine, 'method'>, seconds: number): void {
      add(`method ${method}`, seconds);
      add('all', seconds);
    },
    /** Seconds; undefined as long as nobody can tell. */
    of(cells: Iterable<Pick<Cell, 'method'>>): number | undefined {
      const all = mean('all');
      if (all === undefined) return undefined;
      let seconds = 0;
      for (const { method } of cells) seconds += mean(`method ${method}`) ?? all;
      return seconds / workers;
    },
  };
};
