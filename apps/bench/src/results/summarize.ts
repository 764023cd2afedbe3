import { mean, type Spread, spread, standardError } from '../measure/statistics.js';
import type { Mean, SideTimes } from './results.js';

export interface Rounds {
  /** Per unit of work, round by round. */
  readonly seconds: readonly number[];
  /** Of one floating-point operation of the matrix product, in the same rounds. */
  readonly matrixSeconds: readonly number[];
  /** Operations of one unit. */
  readonly operations: number | undefined;
  /** The side that times are divided by, in the same rounds. */
  readonly base: (Pick<Rounds, 'seconds' | 'rewards' | 'texts'> & { readonly name: string }) | undefined;
  /** Mean reward of each round; empty for work that has none. */
  readonly rewards: readonly number[];
  /** Of all rounds together; empty for work that writes none. */
  readonly texts: readonly string[];
}

/** Medians and quartiles; ratios are taken round by round, where the machine was the same for both. */
export const summarize = ({
  seconds,
  matrixSeconds,
  operations,
  base,
  rewards,
  texts,
}: Rounds): SideTimes => {
  return {
    seconds,
    time: spread(seconds),
    ...(base === undefined
      ? {}
      : { ratio: { ...spread(seconds.map((s, r) => s / base.seconds[r]!)), to: base.name } }),
    ...(operations === undefined
      ? {}
      : { timesFloor: spread(seconds.map((s, r) => s / (operations * matrixSeconds[r]!))) }),
    ...(rewards.length === 0
      ? {}
      : {
          rewards: {
            ...meanOf(rewards),
            ...(base === undefined
              ? {}
              : { difference: meanOf(rewards.map((r, i) => r - base.rewards[i]!)) }),
          },
        }),
    ...(base === undefined || texts.length === 0 || base.texts.length !== texts.length
      ? {}
      : { texts: { same: texts.filter((text, i) => text === base.texts[i]).length, of: texts.length } }),
  };
};

const meanOf = (values: readonly number[]): Mean => ({
  mean: mean(values),
  standardError: values.length > 1 ? standardError(values) : null,
});

/** Operations per second from seconds per operation. */
export const rateOf = (secondsPerOperation: readonly number[]): Spread =>
  spread(secondsPerOperation.map((s) => 1 / s));
