import { findingsOf } from './summary/findings.js';
import { count, difference, estimated, number } from './summary/format.js';
import { pairName } from './summary/pair-name.js';
import { rankingText, unevenText } from './summary/ranking.js';
import { isClear } from './summary/statistics.js';
import type { MethodSummary, SetupSummary, Summary, TemperatureSummary } from './summary/summary.js';

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

const setupPart = ({ models, hashes, settings, temperatures }: SetupSummary, title: string): string[] => [
  `## ${title}`,
  '',
  ...Object.entries(models).map(([role, name]) => `- ${role}: ${name} (\`${hashes[role] ?? ''}\`)`),
  `- settings: ${Object.entries(settings)
    .map(([name, value]) => `${name} ${typeof value === 'object' ? JSON.stringify(value) : value}`)
    .join(', ')}`,
  '',
  ...temperatures.flatMap(temperaturePart),
];

const temperaturePart = (summary: TemperatureSummary): string[] => {
  const against = [
    ...new Set(summary.methods.flatMap(({ differences }) => differences.map((each) => each.against))),
  ];
  const isJudged = summary.methods.some(({ judge }) => judge !== undefined);
  const hasPerplexity = summary.methods.some(({ perplexity }) => perplexity !== undefined);
  const head = [
    'method',
    'Top@1',
    'Avg@K',
    ...(isJudged ? ['judge of the best', 'judge of all'] : []),
    'K',
    ...against.map((name) => `Top@1 − ${name}`),
    ...against.map((name) => `Avg@K − ${name}`),
    ...(isJudged ? against.map((name) => `judge − ${name}`) : []),
    'seconds',
    'denoiser',
    'reward',
    'distinct-1/2/3',
    'self-BLEU',
    ...(hasPerplexity ? ['perplexity'] : []),
  ];
  return [
    `### Temperature ${summary.temperature}`,
    '',
    row(head),
    row(head.map((_, i) => (i === 0 ? '---' : '---:'))),
    ...summary.methods.map((method) =>
      row([...cells(method, against, isJudged), ...(hasPerplexity ? [estimated(method.perplexity)] : [])]),
    ),
    '',
    'Mean ± standard error over seeds; differences: mean over prompts ± standard error over prompts, **bold** where they are more than two of them. Costs are per prompt, in seconds and passes.',
    '',
    ...[unevenText(summary), rankingText(summary)].flatMap((each) => (each === undefined ? [] : [each, ''])),
    ...findingsOf(summary)
      .filter((each) => each.isClear)
      .map(({ text }) => `- ${text}`),
    '',
  ];
};

const cells = (summary: MethodSummary, against: readonly string[], isJudged: boolean): string[] => {
  const { name, top1, avg, judge, judgeAvg, trajectories, differences, cost, diversity } = summary;
  const by = (against: string) => differences.find((each) => each.against === against);
  const bold = (value: Parameters<typeof difference>[0]) => {
    const text = difference(value);
    return value !== undefined && isClear(value) ? `**${text}**` : text;
  };
  return [
    name,
    estimated(top1),
    estimated(avg),
    ...(isJudged ? [estimated(judge), estimated(judgeAvg)] : []),
    count(trajectories),
    ...against.map((other) => bold(by(other)?.top1)),
    ...against.map((other) => bold(by(other)?.avg)),
    ...(isJudged ? against.map((other) => bold(by(other)?.judge)) : []),
    number(cost.seconds),
    count(cost.denoiserPasses),
    count(cost.rewardPasses),
    diversity.distinct.map((value) => number(value)).join('/'),
    number(diversity.selfBleu),
  ];
};

const row = (words: readonly string[]): string => `| ${words.join(' | ')} |`;
