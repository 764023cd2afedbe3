import type { Spread } from '../measure/statistics.js';
import type { Agreement, CaseResult, Mean, Report, SideResult } from './results.js';

/** The report as Markdown: what the figures depend on, and a table for each section with a line for each side of each case. */
export const markdown = ({ started, machine, settings, cases }: Report): string => {
  const sections = [...new Set(cases.map(({ section }) => section))];
  return [
    `# Benchmark of ${started}`,
    '',
    listed(machine),
    '',
    listed(settings),
    '',
    'Times are medians with quartiles, per unit; ratios and multiples of the floor are taken round by round. The floor is the time that the ' +
      "matrix products of the work take at the machine's own rate for a large one.",
    ...sections.flatMap((section) => [
      '',
      `## ${section}`,
      '',
      ...table(cases.filter((result) => result.section === section)),
    ]),
    '',
  ].join('\n');
};

const listed = (facts: Readonly<Record<string, unknown>>): string =>
  Object.entries(facts)
    .map(([name, value]) => `- ${name}: ${Array.isArray(value) ? value.join(', ') : value}`)
    .join('\n');

const table = (cases: readonly CaseResult[]): string[] => {
  const parameters = Object.keys(cases[0]!.parameters);
  const columns = [
    ...parameters,
    'side',
    'ms',
    'per',
    'ratio',
    '× floor',
    'resident GB',
    'peak GB',
    'GFLOP/s of a product',
    'remarks',
  ];
  const lines = cases.flatMap((result) =>
    result.sides.map((side) => [
      ...parameters.map((name) => result.parameters[name]),
      side.name,
      ...figures(side, result.unit),
      (result.matrixRate.median / 1e9).toFixed(0),
      remarks(side),
    ]),
  );
  return [columns, columns.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`);
};

const NONE = '–';

const figures = ({ times }: SideResult, unit: string): string[] => {
  if (times === undefined) return [NONE, unit, NONE, NONE, NONE, NONE];
  const { time, ratio, timesFloor, memory } = times;
  const milliseconds = (value: number) => (value * 1000).toPrecision(3);
  const gigabytes = (bytes: number | undefined) => (bytes === undefined ? NONE : (bytes / 1e9).toFixed(2));
  return [
    withQuartiles(time, (seconds) => Number(milliseconds(seconds)).toString()),
    unit,
    ratio === undefined ? NONE : `${withQuartiles(ratio)} × ${ratio.to}`,
    timesFloor === undefined ? NONE : withQuartiles(timesFloor),
    gigabytes(memory?.resident),
    gigabytes(memory?.peak),
  ];
};

const withQuartiles = (
  { median, lower, upper }: Spread,
  format = (value: number) => value.toFixed(2),
): string => `${format(median)} (${format(lower)}–${format(upper)})`;

const remarks = ({ missing, times }: SideResult): string => {
  const { agreement, rewards, texts, ratio } = times ?? {};
  const said = [
    missing,
    agreement && likeness(agreement),
    rewards && `rewards ${withError(rewards)}`,
    rewards?.difference && `difference ${withError(rewards.difference)}`,
    texts && `${texts.same} of ${texts.of} texts as ${ratio?.to}`,
  ];
  return said.filter(Boolean).join('; ').replaceAll('|', '\\|').replaceAll('\n', ' ') || NONE;
};

const likeness = ({ with: other, difference, tolerance, cosines = {} }: Agreement): string => {
  const differs = tolerance !== undefined && difference > tolerance ? 'DIFFERS' : 'differs';
  return [
    `${differs} from ${other} by ${difference.toExponential(1)}`,
    ...Object.entries(cosines).map(([name, cosine]) => `cosine of ${name} ${cosine.toFixed(4)}`),
  ].join(', ');
};

const withError = ({ mean, standardError }: Mean): string =>
  `${mean.toFixed(2)} ± ${standardError === null ? NONE : standardError.toFixed(2)}`;
