import type { EvaluationConfig, EvaluationOptions } from '@entrgi/evaluation';
import { type GenerateOptions, modelOptions, settingsOf } from '../generate/options.js';

/** `entrgi eval` as parsed, and only what was said: names and values are checked by the library. */
export interface EvalOptions
  extends Partial<
      Omit<
        GenerateOptions,
        'prompt' | 'prompts' | 'method' | 'seed' | 'json' | 'trace' | 'temperature' | 'denoiser' | 'reward'
      >
    >,
    Pick<EvaluationConfig, 'out' | 'workers' | 'shard' | 'queue' | 'skipMalformed' | 'skipLong'>,
    Partial<
      Pick<
        EvaluationOptions,
        | 'data'
        | 'limit'
        | 'methods'
        | 'temperatures'
        | 'seeds'
        | 'denoiser'
        | 'reward'
        | 'judge'
        | 'judgeLabel'
        | 'judgeModel'
        | 'perplexity'
      >
    > {
  readonly config?: string | undefined;
  readonly judgeRequestsPerMinute?: number | undefined;
  readonly judgeConcurrency?: number | undefined;
}

/** What was said on the command line, as a configuration file would say it. */
export const saidConfig = (options: EvalOptions): EvaluationConfig => {
  const { data, out, limit, methods, temperatures, seeds, denoiser, reward, judge, ...others } = options;
  const {
    judgeLabel,
    judgeModel,
    judgeRequestsPerMinute,
    judgeConcurrency,
    workers,
    shard,
    queue,
    skipMalformed,
    skipLong,
    ...more
  } = others;
  const { config: _, perplexity, ...generating } = more;
  const generated = { ...generating, method: 'entrgi', seed: 1, json: true } as GenerateOptions;
  const { denoiserDtype, rewardDtype } = generating;
  const { signal: _s, denoiser: _d, reward: _r, ...models } = modelOptions(generated);
  const endpoint = { requestsPerMinute: judgeRequestsPerMinute, concurrency: judgeConcurrency };
  return withoutUndefined({
    ...(models as Partial<EvaluationOptions>),
    ...settingsOf(generated),
    dtype: orUndefined({ denoiser: denoiserDtype, reward: rewardDtype }),
    preset: options.preset,
    ...{ data, out, limit, methods, temperatures, seeds, denoiser, reward, judge, judgeLabel, judgeModel },
    ...{ workers, shard, queue, skipMalformed, skipLong, perplexity },
    judgeOptions: orUndefined(endpoint),
  });
};

type Said<T> = { [K in keyof T]: Exclude<T[K], undefined> };

const withoutUndefined = <T extends object>(options: T): Said<T> =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Said<T>;

/** Undefined where nothing of it was said. */
const orUndefined = <T extends object>(options: T): T | undefined => {
  return Object.keys(withoutUndefined(options)).length === 0 ? undefined : options;
};
