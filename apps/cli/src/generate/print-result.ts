import wrapAnsi from 'wrap-ansi';
import { seconds } from '../display/progress-line.js';
import { isTerminal, type Styles, stylesFor } from '../display/styles.js';
import type { Context } from '../process/context.js';
import { withoutControls } from '../process/without-controls.js';
import { promptText } from './read-prompts.js';
import type { Result } from './result.js';

/** The finished texts with their rewards, the best one marked and last, where the eye is: wrapped in a terminal, one paragraph a text elsewhere. */
export const printResult = (result: Result, { stdout, env }: Pick<Context, 'stdout' | 'env'>): void => {
  const columns = isTerminal(stdout, env) ? (stdout.columns ?? 80) : undefined;
  stdout.write(`${resultLines(result, stylesFor(stdout, env), columns).join('\n')}\n`);
};

export const resultLines = (result: Result, styles: Styles, columns?: number): string[] => {
  const best = result.trajectories.findIndex(({ reward }) => reward === result.top1);
  const several = result.trajectories.length > 1;
  const order = [...result.trajectories.keys()].filter((k) => k !== best).concat(best);
  const texts = order.flatMap((k) => {
    const trajectory = result.trajectories[k]!;
    const marked = several && k === best;
    const head = `${styles.cyan(`${k + 1}`)}  ${styles.dim('reward')} ${trajectory.reward.toFixed(4)}`;
    const text = paragraph(trajectory.text, columns);
    return [
      '',
      marked ? `${head}  ${styles.green('★ best')}` : head,
      ...text.map((line) => (marked ? styles.bold(line) : line)),
    ];
  });
  return [
    ...paragraphs(withoutControls(promptText(result.prompt)), columns).map((line) => styles.bold(line)),
    ...texts,
    '',
    ...paragraphs(summary(result), columns).map((line) => styles.dim(line)),
    '',
  ];
};

const summary = ({ method, trajectories, top1, avg, timings }: Result): string => {
  const { totalMs, denoiserMs, guidanceMs, rewardMs, steps } = timings;
  const scores = `${method} · top@1 ${top1.toFixed(4)} · avg@${trajectories.length} ${avg.toFixed(4)}`;
  const parts = `denoiser ${seconds(denoiserMs)}, guidance ${seconds(guidanceMs)}, reward ${seconds(rewardMs)}`;
  return `${scores} · ${steps} steps in ${seconds(totalMs)} (${parts})`;
};

const paragraph = (text: string, columns: number | undefined): string[] =>
  paragraphs(withoutControls(text.trim()), columns === undefined ? undefined : columns - indent.length).map(
    (line) => `${indent}${line}`,
  );

const paragraphs = (text: string, columns: number | undefined): string[] =>
  (columns === undefined
    ? text
    : wrapAnsi(text, Math.max(10, columns - 1), { hard: true, trim: true })
  ).split('\n');

const indent = '   ';
