import { parseJournal } from '../../../packages/evaluation/src/journal/parse-journal.js';
import { checkJournal } from '../../../packages/evaluation/src/plan/check-journal.js';
import { markdownReport } from '../../../packages/evaluation/src/report/markdown.js';
import { summarize } from '../../../packages/evaluation/src/report/summary/summarize.js';
import { journalLines } from '../journal-lines.js';
import { mutateBytes } from '../mutate-bytes.js';
import { mutateJsonLine } from '../mutate-json-line.js';
import type { Target } from '../target.js';

const [first] = journalLines;
const cells = [{ method: 'bon', recorded: first!.settings }] as const;

/** The journal of an evaluation is read, compared with what is asked for, and summed up. */
export const journal: Target = {
  inputs: async () =>
    [journalLines, journalLines.slice(0, 1)].map((lines) =>
      new TextEncoder().encode(lines.map((line) => `${JSON.stringify(line)}\n`).join('')),
    ),
  mutations: [mutateJsonLine, mutateJsonLine, mutateJsonLine, mutateBytes],
  attempt(bytes) {
    const { lines } = parseJournal(bytes, 'journal.jsonl');
    markdownReport(summarize(lines), 'fuzz');
    checkJournal(lines, cells, 'journal.jsonl');
  },
};
