import type { CandidateDistance } from './candidate-distance.js';

const columns = [
  'τ',
  'η',
  'tolerance',
  'kept',
  'positions',
  'mean',
  '99 %',
  'largest',
  'beyond',
  'equal tokens',
];

/** A line for each case: total variation between guided distributions, and shares in per cent. */
export const candidateTable = (distances: readonly CandidateDistance[]): string => {
  const share = (value: number) => `${(100 * value).toFixed(1)} %`;
  const lines = distances.map(({ temperature, learningRate, tolerance, positions, ...found }) => [
    temperature,
    learningRate,
    tolerance.toExponential(),
    share(found.kept),
    positions,
    ...[found.mean, found.p99, found.max].map((value) => value.toExponential(1)),
    share(found.beyond),
    share(found.equalTokens),
  ]);
  return [columns, columns.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
};
