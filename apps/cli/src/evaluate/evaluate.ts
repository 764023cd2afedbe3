import { InvalidArgumentError } from '@entrgi/core';
import {
  type EvaluationConfig,
  type EvaluationPlan,
  type EvaluationProgress,
  evaluate as evaluateCells,
  evaluateOnQueue,
  fittingExamples,
  openJournal,
  planEvaluation,
  readConfig,
  readData,
} from '@entrgi/evaluation';
import { checkJournal, ofShard, type Shard, shardOf } from '@entrgi/evaluation/internal';
import { chooseDisplay } from '../display/choose-display.js';
import type { Display } from '../display/display.js';
import { fetchingOf } from '../models/fetching.js';
import type { Context } from '../process/context.js';
import { describeError } from '../process/describe-error.js';
import { evaluationLine } from './evaluation-line.js';
import { judgeCache } from './judge-cache.js';
import { type EvalOptions, saidConfig } from './options.js';
import { settingsAsOptions } from './settings-as-options.js';

/** Makes the results that the journal does not have yet. */
export const evaluate = async (options: EvalOptions, context: Context): Promise<void> => {
  const config = await configOf(options);
  const shard = shardOf(config.shard, context.env);
  const display = chooseDisplay(context, true);
  try {
    display.wait('Looking at the models …');
    await run(await planOf(config, display, context), { config, shard, display, context });
  } finally {
    display.clear();
  }
};

/** What the file says, and the command line over it. */
const configOf = async (options: EvalOptions): Promise<EvaluationConfig> => ({
  ...(options.config === undefined ? {} : await readConfig(options.config)),
  ...saidConfig(options),
});

const planOf = async (
  config: EvaluationConfig,
  display: Display,
  context: Context,
): Promise<EvaluationPlan> => {
  const {
    out: _o,
    workers: _w,
    shard: _s,
    queue: _q,
    skipMalformed,
    skipLong,
    data,
    judgeOptions,
    ...asked
  } = config;
  const leftOut = (error: unknown) => context.stderr.write(`entrgi: left out: ${describeError(error)}\n`);
  const examples = await readData(required('data', data), {
    limit: config.limit,
    ...(skipMalformed ? { onMalformed: leftOut } : {}),
  });
  const judging = { cacheDir: judgeCache(context), ...judgeOptions };
  const options = { ...asked, data: data!, judgeOptions: judging };
  const plan = await planEvaluation(options, examples, fetchingOf(context, display));
  if (!skipLong) return plan;
  const { signal } = context;
  const fitting = await fittingExamples(plan, examples, { onTooLong: leftOut, signal });
  return planEvaluation(options, fitting, fetchingOf(context, display));
};

interface Place {
  readonly config: EvaluationConfig;
  readonly shard: Shard | undefined;
  readonly display: Display;
  readonly context: Context;
}

const run = async (plan: EvaluationPlan, { config, shard, display, context }: Place): Promise<void> => {
  const out = required('out', config.out);
  const say = (text: string) => context.stderr.write(`entrgi: ${text}\n`);
  const cells = shard === undefined ? plan.cells : ofShard(plan.cells, shard);
  if (shard !== undefined) {
    say(`shard ${shard.index} of ${shard.count}: ${cells.length} results of ${plan.cells.length}.`);
  }
  const journal = await openJournal(out);
  try {
    checkJournal(journal.lines, plan.cells, out, settingsAsOptions);
    const line = evaluationLine();
    const { workers, queue } = config;
    const onProgress = (progress: EvaluationProgress) => display.wait(line(progress));
    const work = { plan, cells, journal, workers, signal: context.signal, onProgress };
    await (queue === undefined ? evaluateCells(work) : evaluateOnQueue({ ...work, queue }));
    display.clear();
    say(`${out} is complete: ${cells.length} results.`);
  } finally {
    await journal.close();
  }
};

const required = (name: string, value: string | undefined): string => {
  if (value !== undefined) return value;
  throw new InvalidArgumentError(
    `${name}: expected it on the command line or in the configuration, got none.`,
    {
      value,
      argument: name,
    },
  );
};
