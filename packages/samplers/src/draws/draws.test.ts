import { randomStream } from '@entrgi/core';
import { describe, expect, test } from 'vitest';
import { draws } from '../index.js';

const stream = (seed: number) => randomStream({ seed, prompt: 0, trajectory: 0, step: 1, purpose: 'token' });

describe.each(Object.entries(draws))('%s', (_, draw) => {
  test('draws in proportion (chi-squared), what has no probability never', () => {
    const probs = Float32Array.of(0.1, 0, 0.5, 1.5, 0.9, 0);
    const counts = new Array(6).fill(0);
    const random = stream(3);
    for (let i = 0; i < 9000; i++) counts[draw(probs, random)]++;
    expect([counts[1], counts[5]]).toEqual([0, 0]);
    const chi = [0, 2, 3, 4].reduce((sum, place) => {
      const expected = (9000 * probs[place]!) / 3;
      return sum + (counts[place] - expected) ** 2 / expected;
    }, 0);
    // 99.9 % point of chi-squared with 3 degrees of freedom.
    expect(chi).toBeLessThan(16.27);
  });

  test('the same stream gives the same place', () => {
    const probs = Float32Array.from({ length: 50 }, (_, i) => i % 7);
    for (let seed = 0; seed < 20; seed++) expect(draw(probs, stream(seed))).toBe(draw(probs, stream(seed)));
  });

  test.each([0, 1 - 2 ** -53])('a random number of %d is one like any other', (value) => {
    expect(draw(Float32Array.of(0, 0.5, 0), { uniform: () => value })).toBe(1);
    expect([1, 2]).toContain(draw(Float32Array.of(0, 0.5, 0.5), { uniform: () => value }));
  });
});
