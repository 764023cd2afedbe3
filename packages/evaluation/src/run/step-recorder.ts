import type { Denoiser, StepEvent } from '@entrgi/core';
import type { LineSteps } from '../journal/journal-line.js';

/** Notes, while responses come about, what the journal says of their steps. */
export const stepRecorder = (denoiser: Pick<Denoiser, 'decode' | 'vocabulary'>) => {
  const rewards: (number | null)[] = [];
  const weights: (number | null)[] = [];
  /** Of each run of the loop, by trajectory and position: a strategy may run it several times. */
  const runs: number[][][] = [];
  let before = Number.POSITIVE_INFINITY;
  return {
    add({ step, steps, trajectories, length, committed, rewards: relaxed, entropyWeight }: StepEvent): void {
      if (step <= before)
        runs.push(Array.from({ length: trajectories }, () => Array<number>(length).fill(0)));
      before = step;
      for (const list of [rewards, weights]) while (list.length < steps) list.push(null);
      for (const { trajectory, position } of committed) runs.at(-1)![trajectory]![position] = step;
      rewards[step - 1] = relaxed === undefined ? null : meanOf(relaxed.last);
      weights[step - 1] = entropyWeight === undefined ? null : rounded(entropyWeight);
    },
    /** The steps of responses that are these tokens. */
    finish(responses: readonly (readonly number[])[]): LineSteps {
      // All runs of a strategy that wants more and more, the last of one that writes the same ones anew.
      const committedAt = runs.flat().slice(-responses.length);
      const guided = rewards.some((each) => each !== null);
      return {
        ...(guided ? { rewards, entropyWeights: weights } : {}),
        trajectories: responses.map((tokenIds, k) => ({
          tokens: tokenTexts(denoiser, tokenIds),
          committedAt: committedAt[k] ?? tokenIds.map(() => 0),
        })),
      };
    },
  };
};

/** Those from the first end on are no part of the text. */
const tokenTexts = (
  denoiser: Pick<Denoiser, 'decode' | 'vocabulary'>,
  tokenIds: readonly number[],
): string[] => {
  const end = tokenIds.findIndex((id) => denoiser.vocabulary.endIds.includes(id));
  return tokenIds.map((id, i) => (end >= 0 && i >= end ? '' : denoiser.decode([id])));
};

/** Of those that took part. */
const meanOf = (values: Float64Array): number | null => {
  const finite = values.filter(Number.isFinite);
  return finite.length === 0 ? null : rounded(finite.reduce((sum, each) => sum + each, 0) / finite.length);
};

/** Enough for a plot, in few bytes. */
const rounded = (value: number): number => Number(value.toPrecision(5));
