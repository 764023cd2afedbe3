import { InvalidArgumentError, isDifferentiable, NumericalError } from '@entrgi/core';
import { describe, expect, it } from 'vitest';
import { checks, penalties, verifiableReward } from './index.js';

const scores = async (check: Parameters<typeof verifiableReward>[1], texts: string[], prompt = 'p') =>
  Array.from(await verifiableReward('check', check).score(prompt, texts));

describe('verifiableReward', () => {
  it('is 1 where the check holds, 0 where not, or its number; at once or later', async () => {
    expect(await scores((text) => text === 'a', ['a', 'b'])).toEqual([1, 0]);
    expect(await scores(async (text) => text.length / 2, ['a', 'bbb'])).toEqual([0.5, 1.5]);
    expect(isDifferentiable(verifiableReward('c', () => true))).toBe(false);
    await expect(scores(() => Number.NaN, ['a'])).rejects.toThrow(NumericalError);
    await expect(scores((() => 'yes') as never, ['a'])).rejects.toThrow(NumericalError);
    expect(() => verifiableReward('c', undefined as never)).toThrow(InvalidArgumentError);
  });

  it('hands over the prompt', async () => {
    expect(await scores((text, prompt) => text === prompt, ['p', 'q'])).toEqual([1, 0]);
  });
});

describe('checks', () => {
  it('json: nothing but JSON, of the right shape', async () => {
    const isPerson = (value: unknown) => typeof (value as { age?: unknown } | null)?.age === 'number';
    expect(await scores(checks.json(), ['{"a": 1}', ' [1] ', 'no', '{"a": 1} so', ''])).toEqual([
      1, 1, 0, 0, 0,
    ]);
    expect(await scores(checks.json(isPerson), ['{"age": 3}', '{"age": "3"}', 'null'])).toEqual([1, 0, 0]);
  });

  it('matches: anywhere, and the same however often it is asked', async () => {
    const found = checks.matches(/cat/gi);
    expect(await scores(found, ['a cat', 'Cat', 'a dog', 'a cat'])).toEqual([1, 1, 0, 1]);
    expect(await scores(checks.matches(/^\d+$/), ['12', '12a'])).toEqual([1, 0]);
  });

  it('length: so many words', async () => {
    expect(
      await scores(checks.length({ atLeast: 2, atMost: 3 }), ['a', ' a  b ', 'a b c', 'a b c d']),
    ).toEqual([0, 1, 1, 0]);
    expect(await scores(checks.length({ atMost: 0 }), ['', 'a'])).toEqual([1, 0]);
  });

  it('answers: the last number is the right one', async () => {
    expect(await scores(checks.answers(7), ['3 + 4 = 7.', '7 is more than 3', 'seven', '7.0', '-7'])).toEqual(
      [1, 0, 0, 1, 0],
    );
    expect(await scores(checks.answers(-1234.5), ['it is −1,234.5', '1234.5'])).toEqual([1, 0]);
    const sum = checks.answers((prompt) =>
      String(prompt)
        .match(/\d+/g)!
        .reduce((a, b) => a + Number(b), 0),
    );
    expect(await scores(sum, ['That is 5'], 'What is 2 + 3?')).toEqual([1]);
  });

  it.each([
    () => checks.answers(Number.NaN),
    () => checks.length({ atLeast: 3, atMost: 2 }),
    () => checks.matches('cat' as never),
    () => checks.json({} as never),
    () => penalties.length(0),
    () => penalties.repetition(0.5),
  ])('%s is refused', (make) => expect(make).toThrow(InvalidArgumentError));
});

describe('penalties', () => {
  it('length: none up to the limit, then by the share above it', async () => {
    expect(Array.from(await penalties.length(2).score('p', ['', 'a b', 'a b c', 'a b c d']))).toEqual([
      0, 0, -0.5, -1,
    ]);
  });

  it('repetition: the share of n words in a row that stand there before', async () => {
    // a b c, b c a, c a b, a b c: one of four.
    const texts = ['a b c a b c', 'A, b! C', 'no no no no no', 'a'];
    const rewards = Array.from(await penalties.repetition().score('p', texts));
    expect(rewards).toEqual([-0.25, 0, expect.closeTo(-2 / 3, 12), 0]);
    expect(Array.from(await penalties.repetition(1).score('p', ['a b a b']))).toEqual([-0.5]);
  });
});
