import { type Estimate, isClear } from './summary/statistics.js';
import type { MethodSummary, SetupSummary, Summary, TemperatureSummary } from './summary/summary.js';
import { comparisonsOf, measures } from './words/comparisons.js';
import { errorText } from './words/explanations.js';
import { findingsOf } from './words/findings.js';
import { count, difference, estimated, number } from './words/format.js';
import { pairName } from './words/pair-name.js';
import { rankingText, unevenText } from './words/ranking.js';

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
  const isJudged = methods.some(({ judge }) => judge !== undefined);
  const hasPerplexity = methods.some(({ perplexity }) => perplexity !== undefined);
  const head = [
    'method',
    'K',
    'Top@1',
    'Avg@K',
    ...(isJudged ? ['judge of the best', 'judge of all'] : []),
    ...(hasPerplexity ? ['perplexity'] : []),
    'seconds',
    'denoiser passes',
    'reward passes',
    'distinct-1/2/3',
    'self-BLEU',
  ];
  const { clear, chance } = findingsOf(summary);
  return [
    `### Temperature ${temperature}`,
    '',
    ...table(
      head,
      methods.map((method) => cells(method, isJudged, hasPerplexity)),
    ),
    errorText(summary),
    '',
    ...[unevenText(summary), rankingText(summary)].flatMap((each) => (each === undefined ? [] : [each, ''])),
    ...differencesTable(summary, isJudged),
    ...(chance === '' ? [] : [chance, '']),
    ...clear.map((text) => `- ${text}`),
    ...(clear.length === 0 ? [] : ['']),
  ];
};

const differencesTable = (summary: TemperatureSummary, isJudged: boolean): string[] => {
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

const cells = (summary: MethodSummary, isJudged: boolean, hasPerplexity: boolean): string[] => {
  const { name, top1, avg, judge, judgeAvg, perplexity, trajectories, cost, diversity } = summary;
  return [
    name,
    count(trajectories),
    estimated(top1),
    estimated(avg),
    ...(isJudged ? [estimated(judge), estimated(judgeAvg)] : []),
    ...(hasPerplexity ? [estimated(perplexity)] : []),
    number(cost.seconds),
    count(cost.denoiserPasses),
    count(cost.rewardPasses),
    diversity.distinct.map((value) => number(value)).join('/'),
    number(diversity.selfBleu),
  ];
};

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string[] => [
  row(head),
  row(head.map((_, i) => (i === 0 ? '---' : '---:'))),
  ...rows.map(row),
  '',
];

const row = (words: readonly string[]): string => `| ${words.join(' | ')} |`;
