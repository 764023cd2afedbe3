import { stat } from 'node:fs/promises';
import type { HubOptions } from '@entrgi/models';
import { chooseDisplay } from '../display/choose-display.js';
import { stylesFor } from '../display/styles.js';
import { fetchingOf, type SourceOptions } from '../models/fetching.js';
import type { Context } from '../process/context.js';
import { withoutControls } from '../process/without-controls.js';
import { type CheckpointReport, checkpointReport } from './checkpoint-report.js';
import { coverageBetween } from './coverage.js';
import { checkpointLines, coverageLines, modelLines } from './report-lines.js';

export interface InspectOptions extends SourceOptions {
  /** One model, or two checkpoints. */
  readonly models: readonly string[];
  readonly json: boolean;
}

/** Shows what a checkpoint or a model is, or what two checkpoints are and share. */
export const inspect = async (options: InspectOptions, context: Context): Promise<void> => {
  const { models, json } = options;
  const { stdout, env } = context;
  const [first, second] = models;
  const styles = stylesFor(stdout, env);
  const print = (report: unknown, lines: readonly string[]): void => {
    stdout.write(json ? `${JSON.stringify(report)}\n` : withoutControls(`${lines.join('\n')}\n`));
  };
  if (second === undefined && (await isFile(first!))) {
    const { modelReport } = await import('./model-report.js');
    const report = await modelReport(first!);
    return print(report, modelLines(report, styles));
  }
  const checkpoints = await reports(options, context);
  if (checkpoints.length === 1) {
    const [{ report }] = checkpoints;
    return print(report, checkpointLines(report, styles));
  }
  const coverage = coverageBetween(...checkpoints);
  const both = checkpoints.map(({ report }) => report);
  const lines = both.flatMap((report) => [...checkpointLines(report, styles), '']);
  print({ checkpoints: both, coverage }, [...lines, ...coverageLines(coverage, styles)]);
};

/** Of one checkpoint or of two, one after the other. */
const reports = async (
  options: InspectOptions,
  context: Context,
): Promise<[CheckpointReport] | [CheckpointReport, CheckpointReport]> => {
  const display = chooseDisplay(context, options.json);
  try {
    const fetching = fetchingOf(context, display);
    const [first, second] = options.models;
    if (second === undefined) return [await checkpointOf(first!, options, fetching)];
    return [await checkpointOf(first!, options, fetching), await checkpointOf(second, options, fetching)];
  } finally {
    display.clear();
  }
};

const checkpointOf = (model: string, options: SourceOptions, fetching: HubOptions) => {
  const { revision, offline, verify } = options;
  return checkpointReport(model, { ...fetching, revision, offline, verify });
};

/** Whether it is a file. What is not there is, if it has the name of a model file and cannot be one of the hub's. */
const isFile = async (path: string): Promise<boolean> => {
  const stats = await stat(path).catch((error: unknown) => {
    if (path.endsWith('.onnx') && !/^[^./~][^/]*\/[^/]+\/./.test(path)) throw error;
    return undefined;
  });
  return stats !== undefined && !stats.isDirectory();
};
