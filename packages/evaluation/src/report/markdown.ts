import { type Estimate, isClear } from './summary/statistics.js';
import type { SetupSummary, Summary, TemperatureSummary } from './summary/summary.js';
import { comparisonsOf, measures } from './words/comparisons.js';
import { errorText } from './words/explanations.js';
import { findingsOf } from './words/findings.js';
import { count, difference } from './words/format.js';
import { pairName } from './words/pair-name.js';
import { rankingText, unevenText } from './words/ranking.js';
import { resultColumns } from './words/result-columns.js';

/** The tables of a report as Markdown. */
export const markdownReport = (summary: Summary, command: string): string => {
  const { results, prompts, seeds, setups, versions } = summary;
  return [
    '# Evaluation',
    '',
    `${count(results)} results: ${count(prompts)} prompts, seeds ${seeds.join(', ')}.`,
    '',
    ...setups.flatMap((setup, i) =>
      setupPart(setup, setups.length > 1 ? `${i + 1}. ${pairName(setup)}` : 'Models and settings'),
    ),
    '## Made with',
    '',
    `\`${command}\``,
    '',
    ...versions.map((each) =>
      Object.entries(each)
        .map(([name, version]) => `${name} ${version}`)
        .join(', '),
    ),
    '',
  ].join('\n');
};

const setupPart = (
  { data, models, hashes, settings, temperatures }: SetupSummary,
  title: string,
): string[] => [
  `## ${title}`,
  '',
  ...(data === undefined ? [] : [`- data: ${data}`]),
  ...Object.entries(models).map(([role, name]) => `- ${role}: ${name} (\`${hashes[role] ?? ''}\`)`),
  `- settings: ${Object.entries(settings)
    .map(([name, value]) => `${name} ${typeof value === 'object' ? JSON.stringify(value) : value}`)
    .join(', ')}`,
  '',
  ...temperatures.flatMap(temperaturePart),
];

const temperaturePart = (summary: TemperatureSummary): string[] => {
  const { temperature, methods } = summary;
  const columns = resultColumns(summary);
  const { clear, chance } = findingsOf(summary);
  return [
    `### Temperature ${temperature}`,
    '',
    ...table(
      ['method', ...columns.map(({ name }) => name)],
      methods.map((method) => [method.name, ...columns.map(({ of }) => of(method))]),
    ),
    errorText(summary),
    '',
    ...[unevenText(summary), rankingText(summary)].flatMap((each) => (each === undefined ? [] : [each, ''])),
    ...differencesTable(summary),
    ...(chance === '' ? [] : [chance, '']),
    ...clear.map((text) => `- ${text}`),
    ...(clear.length === 0 ? [] : ['']),
  ];
};

const differencesTable = (summary: TemperatureSummary): string[] => {
  const isJudged = summary.methods.some(({ judge }) => judge !== undefined);
  const columns = isJudged ? measures : measures.slice(0, 2);
  const rows = comparisonsOf(summary).flatMap(({ against, rows }) =>
    rows.map(({ name, difference: found }) => [
      `${name} − ${against}`,
      ...columns.map(([, of]) => compared(of(found))),
    ]),
  );
  return rows.length === 0 ? [] : table(['difference', ...columns.map(([measure]) => measure)], rows);
};

const compared = (value: Estimate | undefined): string =>
  value !== undefined && isClear(value) ? `**${difference(value)}**` : difference(value);

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string[] => [
  row(head),
  row(head.map((_, i) => (i === 0 ? '---' : '---:'))),
  ...rows.map(row),
  '',
];

const row = (words: readonly string[]): string => `| ${words.join(' | ')} |`;
