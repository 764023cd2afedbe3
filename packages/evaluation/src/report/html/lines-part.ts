import type { JournalLine } from '../../journal/journal-line.js';
import { promptText } from '../summary/prompt-of.js';
import { number } from '../words/format.js';
import { escapeHtml } from './escape-html.js';

/** The results behind a row of a table, each with the key that finds its line in the journal. */
export const linesPart = (id: string, title: string, lines: readonly JournalLine[]): string => {
  const rows = lines.map(
    ({ key, prompt, seed, top1, avg, judge }) =>
      `<tr id="k-${key}"><td><code>${key}</code></td><td>${escapeHtml(clipped(promptText(prompt)))}</td><td>${seed}</td><td>${number(top1, 3)}</td><td>${number(avg, 3)}</td><td>${number(judge, 3)}</td></tr>`,
  );
  return `<details class="lines" id="${id}"><summary>${escapeHtml(title)}: ${lines.length} results</summary><div class="scroll" tabindex="0" role="group" aria-label="Table, which scrolls where it is narrow"><table><thead><tr><th>key</th><th>prompt</th><th>seed</th><th>Top@1</th><th>Avg@K</th><th>judge</th></tr></thead><tbody>${rows.join('')}</tbody></table></div></details>`;
};

const clipped = (text: string): string => (text.length > 100 ? `${text.slice(0, 99)}…` : text);
