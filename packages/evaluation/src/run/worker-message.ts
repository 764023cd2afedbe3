import type { JournalLine } from '../journal/journal-line.js';
import type { Cell, WorkSpec } from '../plan/plan-evaluation.js';

/** What a worker process is told: what to load at first, then one cell at a time. */
export type ToWorker =
  | { readonly type: 'work'; readonly work: WorkSpec; readonly threads: number | undefined }
  | { readonly type: 'cell'; readonly cell: Cell };

/** What it answers to a cell. */
export type FromWorker =
  | { readonly type: 'line'; readonly line: JournalLine }
  | { readonly type: 'failure'; readonly failure: Failure };

/** An error on its way between processes. */
export interface Failure {
  readonly name: string;
  readonly message: string;
  readonly code: string | undefined;
}
