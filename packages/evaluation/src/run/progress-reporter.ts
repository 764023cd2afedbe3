import type { Cell } from '../plan/plan-evaluation.js';
import { timeLeft } from './time-left.js';

/** How far an evaluation is. */
export interface EvaluationProgress {
  /** Results in the journal, of those that are wanted. */
  readonly done: number;
  readonly total: number;
  /** Undefined as long as nobody can tell. */
  readonly secondsLeft: number | undefined;
}

/** Tells how far an evaluation is, each time it is called with a cell that is done and what it took. */
export const progressReporter = (
  cells: readonly Cell[],
  missing: readonly Cell[],
  workers: number,
  onProgress: ((progress: EvaluationProgress) => void) | undefined,
) => {
  const left = new Set(missing);
  const estimate = timeLeft(workers);
  return (cell?: Cell, seconds = 0): void => {
    if (cell !== undefined) {
      left.delete(cell);
      estimate.add(cell, seconds);
    }
    onProgress?.({ done: cells.length - left.size, total: cells.length, secondsLeft: estimate.of(left) });
  };
};
