import { parseJournal } from '../../../packages/evaluation/src/journal/parse-journal.js';
import { makeReport } from '../../../packages/evaluation/src/report/make-report.js';
import type { Target } from '../target.js';
import { journal } from './journal.js';

/** The page that is made of a journal, whatever numbers and texts are in it. */
export const report: Target = {
  ...journal,
  attempt: (bytes) => makeReport(parseJournal(bytes, 'journal.jsonl').lines),
};
