import {
  checkJournal,
  type EvaluationOptions,
  evaluate as evaluateCells,
  ofShard,
  openJournal,
  planEvaluation,
  readData,
  shardOf,
} from '@entrgi/evaluation';
import { chooseDisplay } from '../display/choose-display.js';
import { type GenerateOptions, modelOptions, settingsOf } from '../generate/options.js';
import { fetchingOf } from '../models/model-source.js';
import type { Context } from '../process/context.js';
import { describeError } from '../process/describe-error.js';
import { evaluationLine } from './evaluation-line.js';

/** `entrgi eval` as parsed: names and values are checked by the library. */
export interface EvalOptions
  extends Omit<GenerateOptions, 'prompt' | 'prompts' | 'method' | 'seed' | 'json' | 'trace' | 'temperature'>,
    Pick<EvaluationOptions, 'data' | 'limit' | 'methods' | 'temperatures' | 'seeds' | 'judge'> {
  readonly out: string;
  readonly skipMalformed?: boolean | undefined;
  readonly workers?: number | undefined;
  readonly shard?: string | undefined;
}

/** Makes the results that the journal does not have yet. */
export const evaluate = async (options: EvalOptions, context: Context): Promise<void> => {
  const { data, out, limit, methods, temperatures, seeds, judge, workers, skipMalformed, ...others } =
    options;
  const { shard: given, ...generating } = others;
  const { signal, stderr, env } = context;
  const shard = shardOf(given, env);
  const say = (text: string) => stderr.write(`entrgi: ${text}\n`);
  const examples = await readData(data, {
    limit,
    ...(skipMalformed ? { onMalformed: (error) => say(`left out: ${describeError(error)}`) } : {}),
  });
  const display = chooseDisplay(context, true);
  try {
    display.wait('Looking at the models …');
    const generated = { ...generating, method: 'entrgi', seed: 1, json: true } as const;
    const { denoiser, reward, endTokens, ...models } = modelOptions(generated);
    const asked = {
      ...settingsOf(generated),
      ...models,
      denoiser,
      reward,
      endTokens,
    } as Partial<EvaluationOptions>;
    const plan = await planEvaluation(
      {
        ...withoutUndefined(asked),
        data,
        limit,
        methods,
        temperatures,
        seeds,
        judge,
        preset: options.preset,
      },
      examples,
      fetchingOf(context, display),
    );
    const cells = shard === undefined ? plan.cells : ofShard(plan.cells, shard);
    if (shard !== undefined)
      say(`shard ${shard.index} of ${shard.count}: ${cells.length} results of ${plan.cells.length}.`);
    const journal = await openJournal(out);
    try {
      checkJournal(journal.lines, plan.cells, out);
      const line = evaluationLine();
      await evaluateCells({
        plan,
        cells,
        journal,
        workers,
        signal,
        onProgress: (progress) => display.wait(line(progress)),
      });
      display.clear();
      say(`${out} is complete: ${cells.length} results.`);
    } finally {
      await journal.close();
    }
  } finally {
    display.clear();
  }
};

const withoutUndefined = <T extends object>(options: T): T =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
