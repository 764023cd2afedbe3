import type { GenerateResult } from 'entrgi';
import wrapAnsi from 'wrap-ansi';
import { seconds } from '../display/progress-line.js';
import type { Styles } from '../display/styles.js';
import { withoutControls } from '../process/without-controls.js';
import { type OpeningsMeans, openingsMeans } from './openings-means.js';
import { sparkline } from './sparkline.js';

/** What a run came to. */
export interface DemoRun {
  readonly result: Pick<GenerateResult, 'text' | 'reward' | 'avg' | 'trajectories' | 'timings'>;
  /** What the judge says of each response: the probability that a person wrote it. */
  readonly judged: readonly number[];
  /** Mean reward before the last update of each guided step. */
  readonly rise: readonly number[];
}

/** What is asked for, and what the reward is. */
export const openingLines = (prompt: string, styles: Styles, columns?: number): string[] => [
  ...wrapped(prompt, columns, '').map((line) => styles.bold(line)),
  ...wrapped('The reward adds two models: does it make sense, and is it cheerful?', columns, '').map((line) =>
    styles.dim(line),
  ),
];

/** A run's best response under its numbers. */
export const runLines = (
  title: string,
  { result, judged }: DemoRun,
  styles: Styles,
  columns?: number,
): string[] => {
  const { text, reward, trajectories, timings } = result;
  const best = trajectories.findIndex((trajectory) => trajectory.reward === reward);
  const numbers = `reward ${reward.toFixed(2)}, judge ${judged[best]!.toFixed(2)}, ${seconds(timings.totalMs)}`;
  return ['', `${styles.bold(title)} ${styles.dim(`· ${numbers}`)}`, ...wrapped(text.trim(), columns)];
};

/** How the reward rose, both runs beside each other, and what that says in a sentence. */
export const comparisonLines = (
  { unguided, guided }: { readonly unguided: DemoRun; readonly guided: DemoRun },
  styles: Styles,
  columns?: number,
): string[] => {
  const [plain, better] = [meansOf(unguided), meansOf(guided)];
  const { rise } = guided;
  const climbed = `${rise[0]!.toFixed(2)} ${styles.green(sparkline(rise, 40))} ${rise.at(-1)!.toFixed(2)}`;
  return [
    '',
    `Reward while guided  ${climbed}`,
    '',
    styles.dim(row('', ['best', 'mean of 4', 'judge'])),
    row('unguided', cells(plain)),
    styles.bold(row('guided', cells(better))),
    row('unguided, mean of 64 openings', cells(openingsMeans.unguided)),
    row('guided, mean of 64 openings', cells(openingsMeans.guided)),
    '',
    ...wrapped(closing(plain, better), columns, ''),
    '',
  ];
};

const closing = (unguided: OpeningsMeans, guided: OpeningsMeans): string => {
  const difference = guided.avg - unguided.avg;
  const moved = difference < 0 ? 'lowered' : 'raised';
  const said =
    guided.judge > unguided.judge + 0.005
      ? 'higher'
      : guided.judge < unguided.judge - 0.005
        ? 'lower'
        : 'the same';
  return `Guidance ${moved} the mean reward by ${Math.abs(difference).toFixed(2)}. The judge, a model that has no part in it, reads the texts and gives the probability that a person wrote them: ${said} for the guided ones.`;
};

const meansOf = ({ result, judged }: DemoRun): OpeningsMeans => ({
  top1: result.reward,
  avg: result.avg,
  judge: judged.reduce((sum, value) => sum + value, 0) / judged.length,
});

const cells = ({ top1, avg, judge }: OpeningsMeans): string[] =>
  [top1, avg, judge].map((value) => value.toFixed(2));

const row = (name: string, values: readonly string[]): string =>
  `${name.padEnd(30)}${values.map((value) => value.padStart(11)).join('')}`.trimEnd();

const wrapped = (text: string, columns: number | undefined, indent = '   '): string[] => {
  const clean = withoutControls(text);
  const lines =
    columns === undefined
      ? clean
      : wrapAnsi(clean, Math.max(10, columns - 1 - indent.length), { hard: true });
  return lines.split('\n').map((line) => `${indent}${line}`);
};
