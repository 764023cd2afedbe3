import { InvalidArgumentError } from '@entrgi/core';

/** One of several equal parts of the work. */
export interface Shard {
  /** From 1. */
  readonly index: number;
  readonly count: number;
}

/** Every count-th, beginning with the index-th: all shards together have each once. */
export const ofShard = <T>(all: readonly T[], { index, count }: Shard): T[] =>
  all.filter((_, i) => i % count === index - 1);

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The shard that `given` says, `i/n` with i from 1 to n, or `/n` where the environment says which:
 * SLURM_ARRAY_TASK_ID (with _MIN and _STEP), or JOB_COMPLETION_INDEX of an indexed Kubernetes Job. Without
 * `given`, that of a SLURM array, which also says how many there are. Undefined where there is none.
 * @throws InvalidArgumentError
 */
export const shardOf = (given: string | undefined, env: Environment): Shard | undefined => {
  const own = indexIn(env);
  if (given === undefined) {
    const count = wholeIn(env, 'SLURM_ARRAY_TASK_COUNT');
    return own === undefined || count === undefined
      ? undefined
      : checked({ index: own, count }, 'SLURM_ARRAY_TASK_ID');
  }
  const [, index, count] = /^(\d*)\/(\d+)$/.exec(given) ?? [];
  if (count === undefined) throw invalid(given);
  if (index !== '') return checked({ index: Number(index), count: Number(count) }, given);
  if (own === undefined) {
    throw new InvalidArgumentError(
      `shard: ${given}: expected SLURM_ARRAY_TASK_ID or JOB_COMPLETION_INDEX to say which.`,
      {
        value: given,
        argument: 'shard',
        hint: `Say which, such as 1${given}.`,
      },
    );
  }
  return checked({ index: own, count: Number(count) }, given);
};

const checked = (shard: Shard, value: unknown): Shard => {
  if (shard.count >= 1 && shard.index >= 1 && shard.index <= shard.count) return shard;
  throw invalid(value);
};

const invalid = (value: unknown): InvalidArgumentError =>
  new InvalidArgumentError(`shard: expected i/n with i from 1 to n, got ${String(value)}.`, {
    value,
    argument: 'shard',
  });

/** From 1. */
const indexIn = (env: Environment): number | undefined => {
  const task = wholeIn(env, 'SLURM_ARRAY_TASK_ID');
  if (task !== undefined) {
    const least = wholeIn(env, 'SLURM_ARRAY_TASK_MIN') ?? 0;
    return Math.floor((task - least) / (wholeIn(env, 'SLURM_ARRAY_TASK_STEP') || 1)) + 1;
  }
  const completion = wholeIn(env, 'JOB_COMPLETION_INDEX');
  return completion === undefined ? undefined : completion + 1;
};

const wholeIn = (env: Environment, name: string): number | undefined => {
  const text = env[name];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
};
