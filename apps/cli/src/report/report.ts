import { makeReport, readJournals } from '@entrgi/evaluation';
import type { Context } from '../process/context.js';
import { writeWhole } from './write-whole.js';

/** `entrgi report` as parsed. */
export interface ReportOptions {
  readonly output?: string | undefined;
  readonly markdown?: string | undefined;
  readonly json?: string | undefined;
  readonly withoutSeconds?: boolean | undefined;
}

/** Writes the report in every form that is asked for. */
export const report = async (
  journals: readonly string[],
  { output, markdown, json, withoutSeconds }: ReportOptions,
  { stderr }: Context,
): Promise<void> => {
  const say = (text: string) => stderr.write(`entrgi: ${text}\n`);
  const lines = await readJournals(journals, (path) =>
    say(`${path}: its last line was cut and is left out; eval makes it again.`),
  );
  const page = output ?? (markdown === undefined && json === undefined ? 'report.html' : undefined);
  const command = ['entrgi report', ...journals, ...(withoutSeconds ? ['--without-seconds'] : [])].join(' ');
  const { html, markdown: tables, summary } = await makeReport(lines, { command, withoutSeconds });
  const files = [
    [page, html],
    [markdown, tables],
    [json, `${JSON.stringify(summary, null, 2)}\n`],
  ] as const;
  for (const [path, text] of files) if (path !== undefined) await writeWhole(path, text);
  say(`${lines.length} results in ${files.flatMap(([path]) => path ?? []).join(', ')}.`);
};
