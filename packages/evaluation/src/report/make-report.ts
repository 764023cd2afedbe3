import { InvalidArgumentError } from '@entrgi/core';
import type { JournalLine } from '../journal/journal-line.js';
import { markdownReport } from './markdown.js';
import { type SummarizeOptions, summarize } from './summary/summarize.js';
import type { Summary } from './summary/summary.js';

/** How a journal is summed up in a report. */
export interface ReportOptions extends SummarizeOptions {
  /** The command that the report says it was made with. */
  readonly command?: string | undefined;
}

/** A report in three forms. Equal results give equal ones, in whatever order they are. */
export interface Report {
  readonly summary: Summary;
  readonly html: string;
  readonly markdown: string;
}

/**
 * Tables, plots and texts of the results of an evaluation.
 * @throws InvalidArgumentError where there is none
 */
export const makeReport = async (
  lines: readonly JournalLine[],
  options: ReportOptions = {},
): Promise<Report> => {
  if (lines.length === 0) {
    throw new InvalidArgumentError('lines: expected at least one result, got none.', {
      value: lines,
      argument: 'lines',
      hint: 'Make some with `entrgi eval`.',
    });
  }
  // What draws is large, and whoever only runs evaluations does not need it.
  const { htmlReport } = await import('./html/html-report.js');
  const { command = 'makeReport' } = options;
  const summary = summarize(lines, options);
  return {
    summary,
    html: htmlReport(summary, lines, command),
    markdown: markdownReport(summary, command),
  };
};
