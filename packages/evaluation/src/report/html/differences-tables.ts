import { isClear } from '../summary/statistics.js';
import type { TemperatureSummary } from '../summary/summary.js';
import { comparisonsOf, measures } from '../words/comparisons.js';
import { difference } from '../words/format.js';
import { escapeHtml } from './escape-html.js';
import { scrollingTable } from './scrolling-table.js';

/** Paired differences, a table for each method that others are compared with. */
export const differencesTables = (
  summary: TemperatureSummary,
  linkOf: (method: string) => string,
): string => {
  const isJudged = summary.methods.some(({ judge }) => judge !== undefined);
  const columns = isJudged ? measures : measures.slice(0, 2);
  const tables = comparisonsOf(summary).map(({ against, rows }) => {
    const counts = rows.map(({ difference: { prompts } }) => prompts);
    const prompts = new Set([Math.min(...counts), Math.max(...counts)]);
    const body = rows.map(({ name, difference: found }) => {
      const cells = columns.map(([, of]) => {
        const value = of(found);
        return value === undefined
          ? '<td>–</td>'
          : `<td${isClear(value) ? ' class="clear"' : ''}><a href="#${linkOf(name)}">${difference(value)}</a></td>`;
      });
      return `<tr><th scope="row">${escapeHtml(name)}</th>${cells.join('')}</tr>`;
    });
    const head = ['method', ...columns.map(([measure]) => measure.replace(' of ', '<br>of '))];
    const caption = `<caption><b>Minus ${escapeHtml(against)}</b>, ${[...prompts].join(' to ')} prompt${counts.every((n) => n === 1) ? '' : 's'}</caption>`;
    return scrollingTable(head, body, caption);
  });
  return tables.length === 0 ? '' : `<div class="differences">${tables.join('')}</div>`;
};
