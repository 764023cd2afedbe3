import type { GradientKind } from '@entrgi/autodiff/internal';
import { bytes } from '../display/bytes.js';
import type { Styles } from '../display/styles.js';
import type { CheckpointSummary } from './checkpoint-report.js';
import type { Coverage } from './coverage.js';
import type { GraphReport, ModelReport } from './model-report.js';

/** A report as lines of text: a heading, then one fact a line. */
export const checkpointLines = (report: CheckpointSummary, styles: Styles): string[] => {
  const { roles, specialTokens, dataTypes } = report;
  const padding = report.vocabularySize - report.tokens;
  return [
    styles.bold(report.path),
    ...facts(
      {
        architecture: `${report.architecture || 'unnamed'} (${report.task})`,
        parameters: number(report.parameters),
        weights: Object.entries(dataTypes)
          .map(([type, count]) => `${type} ${share(count, report.parameters)}`)
          .join(', '),
        'on disk': `${bytes(report.bytes)} in ${report.files.join(', ')}`,
        layers: report.layers === undefined ? undefined : number(report.layers),
        width: report.width === undefined ? undefined : number(report.width),
        labels: labelsOf(report.labels),
        window: report.maxLength === undefined ? undefined : `${number(report.maxLength)} tokens`,
        vocabulary: `${number(report.tokens)} tokens${padding > 0 ? ` and ${number(padding)} padding rows` : ''}`,
        mask: roles.mask,
        end: roles.end.join(' ') || undefined,
        pad: roles.pad,
        unknown: roles.unknown,
        special: Object.entries(specialTokens)
          .map(([id, token]) => `${token} (${id})`)
          .join(' '),
        'left out': report.leftOut.join(', ') || undefined,
        ...(report.graph === undefined ? {} : graphFacts(report.graph)),
      },
      styles,
    ),
    ...(report.graph === undefined ? [] : graphLines(report.graph, styles)),
  ];
};

/** Not worth a line where there is but one. */
const labelsOf = (labels: readonly string[] = []): string | undefined =>
  labels.length < 2 ? undefined : labels.map((name, i) => `${name} (${i})`).join(' ');

export const modelLines = (report: ModelReport, styles: Styles): string[] => [
  styles.bold(report.path),
  ...facts({ ...graphFacts(report), parameters: number(report.parameters) }, styles),
  ...graphLines(report, styles),
];

const graphFacts = (report: GraphReport): Readonly<Record<string, string | undefined>> => ({
  opset: Object.entries(report.opsets)
    .map(([domain, version]) => `${domain} ${version}`)
    .join(', '),
  producer: report.producer || undefined,
  'external data':
    report.externalData
      .map(({ file, tensors, bytes: size }) => `${file}: ${tensors} tensors, ${bytes(size)}`)
      .join('; ') || 'none',
});

const graphLines = (report: GraphReport, styles: Styles): string[] => {
  const signature = (values: Readonly<Record<string, string>>) =>
    Object.entries(values).map(([name, type]) => `  ${name} ${styles.dim(type)}`);
  const width = Math.max(0, ...report.operators.map(({ name }) => name.length));
  return [
    styles.dim('inputs'),
    ...signature(report.inputs),
    styles.dim('outputs'),
    ...signature(report.outputs),
    styles.dim(`operators (${number(report.nodes)} nodes)`),
    ...report.operators.map(
      ({ name, count, gradient }) =>
        `  ${name.padEnd(width)} ${String(count).padStart(5)}  ${styles.dim(gradientWords[gradient])}`,
    ),
  ];
};

export const coverageLines = (coverages: readonly Coverage[], styles: Styles): string[] => [
  styles.bold('token map'),
  ...coverages.flatMap(({ from, to, tokens, found, coverage, missing }) => {
    const rest = tokens - found - missing.length;
    const examples = missing.map((token) => JSON.stringify(token)).join(' ');
    return [
      `  ${from} → ${to}: ${number(found)} of ${number(tokens)} tokens, ${(100 * coverage).toFixed(1)}% of a sample text`,
      ...(missing.length > 0
        ? [styles.dim(`    missing ${examples}${rest > 0 ? ` and ${number(rest)} more` : ''}`)]
        : []),
    ];
  }),
];

const gradientWords: Readonly<Record<GradientKind, string>> = {
  flows: 'differentiable',
  ends: 'needs no gradient',
  refused: 'not differentiable',
  unknown: 'not supported',
};

const facts = (entries: Readonly<Record<string, string | undefined>>, styles: Styles): string[] =>
  Object.entries(entries).flatMap(([name, value]) =>
    value === undefined ? [] : [`${styles.dim(name.padEnd('external data'.length))}  ${value}`],
  );

const number = (value: number): string => value.toLocaleString('en-US');

const share = (count: number, of: number): string => `${Math.round((100 * count) / of)}%`;
