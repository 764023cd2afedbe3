import type { RandomStream } from '@entrgi/core';

/** exp of log weights, scaled to sum to 1; all the same where none is above 0. */
export const normalizedWeights = (logWeights: readonly number[]): number[] => {
  const highest = Math.max(...logWeights);
  if (!(highest > Number.NEGATIVE_INFINITY)) return logWeights.map(() => 1 / logWeights.length);
  const weights = logWeights.map((log) => Math.exp(log - highest));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
};

/** 1 / Σ w² of weights that sum to 1: how many particles are worth as much. */
export const effectiveSampleSize = (weights: readonly number[]): number =>
  1 / weights.reduce((sum, weight) => sum + weight * weight, 0);

/**
 * Whose state each particle goes on from: as many copies of each as its weight says, but for less than one
 * (systematic resampling), by one random number. Who is copied at all stays in its place.
 */
export const systematic = (weights: readonly number[], random: RandomStream): Int32Array => {
  const { length } = weights;
  const offset = random.uniform();
  const counts = new Array<number>(length).fill(0);
  let cumulated = 0;
  let taken = 0;
  weights.forEach((weight, parent) => {
    cumulated += weight;
    const upTo =
      parent === length - 1 ? length : Math.min(length, Math.ceil(length * cumulated - offset - ROUNDING));
    counts[parent] = Math.max(0, upTo - taken);
    taken = Math.max(taken, upTo);
  });
  const parents = new Int32Array(length).fill(-1);
  counts.forEach((count, parent) => {
    if (count > 0) parents[parent] = parent;
  });
  const copies = counts.flatMap((count, parent) => new Array<number>(Math.max(0, count - 1)).fill(parent));
  return parents.map((parent) => (parent >= 0 ? parent : copies.shift()!));
};

/** So that equal weights, which sum to 1 but for rounding, keep every particle. */
const ROUNDING = 1e-9;

/** Each of `count` draws on its own, from weights that sum to 1. */
export const multinomial = (weights: readonly number[], count: number, random: RandomStream): Int32Array =>
  Int32Array.from({ length: count }, () => {
    let left = random.uniform();
    const chosen = weights.findIndex((weight) => {
      left -= weight;
      return left < 0;
    });
    return chosen >= 0 ? chosen : weights.findLastIndex((weight) => weight > 0);
  });
