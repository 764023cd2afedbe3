import { stat } from 'node:fs/promises';
import { InvalidArgumentError } from '@entrgi/core';
import type { Context } from '../context.js';
import { stylesFor } from '../display/styles.js';
import { withoutControls } from '../display/without-controls.js';
import { type CheckpointReport, checkpointReport } from './checkpoint-report.js';
import { coverageBetween } from './coverage.js';
import { checkpointLines, coverageLines, modelLines } from './report-lines.js';

export interface InspectOptions {
  /** One path, or two checkpoint directories. */
  readonly paths: readonly string[];
  readonly json: boolean;
}

/** Shows what a checkpoint or a model is, or what two checkpoints are and share. */
export const inspect = async ({ paths, json }: InspectOptions, { stdout, env }: Context): Promise<void> => {
  const [first, second] = paths;
  const styles = stylesFor(stdout, env);
  const print = (report: unknown, lines: readonly string[]): void => {
    stdout.write(json ? `${JSON.stringify(report)}\n` : withoutControls(`${lines.join('\n')}\n`));
  };
  if (second !== undefined) {
    const checkpoints = await Promise.all([comparable(first!), comparable(second)]);
    const coverage = coverageBetween(...checkpoints);
    const reports = checkpoints.map(({ report }) => report);
    const lines = reports.flatMap((report) => [...checkpointLines(report, styles), '']);
    print({ checkpoints: reports, coverage }, [...lines, ...coverageLines(coverage, styles)]);
  } else if ((await stat(first!)).isDirectory()) {
    const { report } = await checkpointReport(first!);
    print(report, checkpointLines(report, styles));
  } else {
    const { modelReport } = await import('./model-report.js');
    const report = await modelReport(first!);
    print(report, modelLines(report, styles));
  }
};

const comparable = async (path: string): Promise<CheckpointReport> => {
  if ((await stat(path)).isDirectory()) return checkpointReport(path);
  throw new InvalidArgumentError(`${path}: expected a checkpoint directory to compare, got a file.`, {
    value: path,
    cure: 'Inspect it alone.',
  });
};
