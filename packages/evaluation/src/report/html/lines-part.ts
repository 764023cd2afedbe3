import type { JournalLine } from '../../journal/journal-line.js';
import { promptText } from '../summary/prompt-of.js';
import { number } from '../words/format.js';
import { escapeHtml } from './escape-html.js';
import { scrollingTable } from './scrolling-table.js';

/** The results behind a row of a table, each with the key that finds its line in the journal. */
export const linesPart = (id: string, title: string, lines: readonly JournalLine[]): string => {
  const rows = lines.map(
    ({ key, prompt, seed, top1, avg, judge }) =>
      `<tr id="k-${key}"><td><code>${key}</code></td><td>${escapeHtml(clipped(promptText(prompt)))}</td><td>${seed}</td><td>${number(top1, 3)}</td><td>${number(avg, 3)}</td><td>${number(judge, 3)}</td></tr>`,
  );
  const table = scrollingTable(['key', 'prompt', 'seed', 'Top@1', 'Avg@K', 'judge'], rows);
  return `<details class="lines" id="${id}"><summary>${escapeHtml(title)}: ${lines.length} results</summary>${table}</details>`;
};

const clipped = (text: string): string => (text.length > 100 ? `${text.slice(0, 99)}…` : text);
