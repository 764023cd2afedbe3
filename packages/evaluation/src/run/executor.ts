import type { JournalLine } from '../journal/journal-line.js';
import type { Cell } from '../plan/plan-evaluation.js';

/** Something that makes results, one at a time. */
export interface Executor {
  run(cell: Cell): Promise<JournalLine>;
  /** Ends at once, whatever is running. */
  close(): Promise<void>;
}
