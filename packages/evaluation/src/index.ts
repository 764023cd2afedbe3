export type {
  JournalLine,
  LineCost,
  LineSettings,
  LineSteps,
  LineTrajectory,
} from './journal/journal-line.js';
export { mergeJournals } from './journal/merge-journals.js';
export { type Journal, openJournal } from './journal/open-journal.js';
export { readJournals } from './journal/read-journals.js';
