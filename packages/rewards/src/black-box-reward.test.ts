import { InvalidArgumentError, isDifferentiable, NumericalError } from '@entrgi/core';
import { describe, expect, it } from 'vitest';
import { blackBoxReward } from './black-box-reward.js';

const length = blackBoxReward('length', (_, responses) => responses.map((text) => text.length));

describe('blackBoxReward', () => {
  it('rates with the function it is given', async () => {
    expect(length.name).toBe('length');
    expect(await length.score('Tell me.', ['a', '', 'abc'])).toEqual(Float64Array.of(1, 0, 3));
    expect(await length.score('Tell me.', [])).toEqual(new Float64Array(0));
  });

  it('waits for a promise and hands over prompt and signal', async () => {
    const { signal } = new AbortController();
    const seen: unknown[] = [];
    const reward = blackBoxReward('slow', async (...request) => {
      seen.push(...request);
      return Float32Array.of(0.5);
    });
    expect(await reward.score('Tell me.', ['a'], { signal })).toEqual(Float64Array.of(0.5));
    expect(seen).toEqual(['Tell me.', ['a'], { signal }]);
    await expect(reward.score('Tell me.', ['a'], { signal: AbortSignal.abort() })).rejects.toThrow('abort');
    expect(seen, 'not called again').toHaveLength(3);
    await reward.dispose();
  });

  it('has no gradient, and says so', () => expect(isDifferentiable(length)).toBe(false));

  it('refuses a wrong number of rewards and rewards that are not finite', async () => {
    const one = blackBoxReward('one', () => [1]);
    await expect(one.score('', ['a', 'b'])).rejects.toThrow(InvalidArgumentError);
    await expect(one.score('', ['a', 'b'])).rejects.toThrow(
      "'one': expected 2 rewards (one per response), got 1.",
    );
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const broken = blackBoxReward('broken', () => [0, value]);
      await expect(broken.score('', ['a', 'b'])).rejects.toThrow(NumericalError);
      await expect(broken.score('', ['a', 'b'])).rejects.toThrow(
        `a finite reward for response 1, got ${value}`,
      );
    }
  });
});

it.each([['3'], [null], [undefined], [Number.NaN], [true]])('%j is no reward', async (value) => {
  const reward = blackBoxReward('odd', () => [value] as never);
  await expect(reward.score('p', ['a'])).rejects.toThrow(
    "Reward 'odd': expected a finite reward for response 0",
  );
});

it('nothing at all is no list of rewards', async () => {
  const reward = blackBoxReward('odd', () => undefined as never);
  await expect(reward.score('p', ['a'])).rejects.toThrow(
    'expected 1 rewards (one per response), got undefined.',
  );
});
