import type { TemperatureSummary } from '../summary/summary.js';
import { resultColumns } from '../words/result-columns.js';
import { escapeHtml } from './escape-html.js';
import { scrollingTable } from './scrolling-table.js';

/**
 * The table that tables of papers have, with what it costs; every number leads to the list of results behind
 * it.
 */
export const resultsTable = (summary: TemperatureSummary, linkOf: (method: string) => string): string => {
  const columns = resultColumns(summary);
  const head = ['method', ...columns.map(({ name }) => name.replace(' ', '<br>'))];
  const body = summary.methods.map((method) => {
    const cells = columns.map(({ of }) => {
      const text = of(method);
      return `<td>${text === '–' ? text : `<a href="#${linkOf(method.name)}">${text}</a>`}</td>`;
    });
    return `<tr><th scope="row">${escapeHtml(method.name)}</th>${cells.join('')}</tr>`;
  });
  return scrollingTable(head, body);
};
