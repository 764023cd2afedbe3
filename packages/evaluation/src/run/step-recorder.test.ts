import type { StepEvent } from '@entrgi/core';
import { expect, it } from 'vitest';
import { stepRecorder } from './step-recorder.js';

const denoiser = {
  decode: (ids: readonly number[]) => ids.join(),
  vocabulary: { endIds: [9] } as never,
};

/** A run of two steps: in the first the first token of each trajectory, in the second the other. */
const run = (trajectories: number, order: readonly [number, number]): StepEvent[] =>
  order.map((position, i) => ({
    type: 'step-end',
    prompt: 0,
    step: i + 1,
    steps: 2,
    trajectories,
    length: 2,
    tokenIds: new Int32Array(2 * trajectories),
    committed: Array.from({ length: trajectories }, (_, trajectory) => ({
      trajectory,
      position,
      tokenId: 1,
    })),
    remaining: Array(trajectories).fill(1 - i),
    timings: { totalMs: 0, denoiserMs: 0, guidanceMs: 0, rewardMs: 0 },
  }));

it('knows the steps of all responses where a strategy writes more of them in each run', () => {
  const recorder = stepRecorder(denoiser);
  for (const event of [...run(1, [0, 1]), ...run(3, [1, 0])]) recorder.add(event);
  const { trajectories } = recorder.finish([
    [1, 2],
    [3, 4],
    [5, 6],
    [7, 9],
  ]);
  expect(trajectories.map(({ committedAt }) => committedAt)).toEqual([
    [1, 2],
    [2, 1],
    [2, 1],
    [2, 1],
  ]);
  expect(trajectories[3]!.tokens).toEqual(['7', '']);
});

it('takes the last run where each writes the same responses anew', () => {
  const recorder = stepRecorder(denoiser);
  for (const event of [...run(2, [0, 1]), ...run(2, [1, 0])]) recorder.add(event);
  const responses = [
    [1, 2],
    [3, 4],
  ];
  const { trajectories } = recorder.finish(responses);
  expect(trajectories.map(({ committedAt }) => committedAt)).toEqual([
    [2, 1],
    [2, 1],
  ]);
});
