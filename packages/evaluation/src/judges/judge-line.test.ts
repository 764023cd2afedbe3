import { disposable } from '@entrgi/core';
import { expect, test } from 'vitest';
import { scoreResponses } from '../score/score-responses.js';
import { smallLine } from '../testing/small-line.js';
import { judgeLine } from './judge-line.js';

const judgeOf = (score: () => unknown) => ({
  name: 'mine',
  score: async () => score() as number[],
  ...disposable(async () => {}),
});

test('a judge of the caller is heard', async () => {
  const line = await judgeLine(
    smallLine(2),
    judgeOf(() => [0.25, 0.75]),
  );
  expect(line.trajectories.map(({ judge }) => judge)).toEqual([0.25, 0.75]);
  expect(line.judge).toBe(0.25);
});

test.each<[string, unknown, string, string]>([
  ['no number', [0.5, Number.NaN], 'not-finite', 'expected finite scores, got NaN'],
  ['an infinite one', [Number.POSITIVE_INFINITY, 1], 'not-finite', 'expected finite scores, got Infinity'],
  ['a text', ['good', 1], 'invalid-argument', 'got the text "good" among them'],
  ['nothing', [0.5, undefined], 'invalid-argument', 'got undefined among them'],
  ['too few', [0.5], 'invalid-argument', 'expected a list of 2 numbers, got a list of 1'],
  ['no list', 0.5, 'invalid-argument', 'expected a list of 2 numbers, got number'],
])('one that says %s is refused, by its name and the prompt', async (_, score, code, what) => {
  const line = smallLine(2);
  await expect(
    judgeLine(
      line,
      judgeOf(() => score),
    ),
  ).rejects.toMatchObject({
    code,
    message: expect.stringContaining(what),
  });
  await expect(
    judgeLine(
      line,
      judgeOf(() => score),
    ),
  ).rejects.toThrow(`Judge 'mine', prompt ${JSON.stringify(line.prompt)}: expected`);
});

test('so is one that rates given responses', async () => {
  const rated = scoreResponses([{ prompt: 'a', response: 'b' }], { judge: judgeOf(() => [Number.NaN]) });
  await expect(rated.next()).rejects.toThrow(`Judge 'mine', prompt "a": expected finite scores, got NaN.`);
});
