import { expect, it } from 'vitest';
import { lazily } from './lazily.js';

it('makes one thing for all who ask, and tries again after a failure', async () => {
  let tries = 0;
  const lazy = lazily(async () => {
    tries += 1;
    if (tries < 3) throw new Error(`try ${tries}`);
    return tries;
  });
  expect(await lazy.made()).toBeUndefined();
  const first = [lazy.get(), lazy.get()];
  await expect(first[0]).rejects.toThrow('try 1');
  await expect(first[1]).rejects.toThrow('try 1');
  expect(await lazy.made()).toBeUndefined();
  await expect(lazy.get()).rejects.toThrow('try 2');
  expect(await lazy.get()).toBe(3);
  expect(await lazy.get()).toBe(3);
  expect(await lazy.made()).toBe(3);
});

it('keeps nothing where making it throws at once', async () => {
  let tries = 0;
  const lazy = lazily(() => {
    tries += 1;
    if (tries === 1) throw new Error('at once');
    return Promise.resolve(tries);
  });
  expect(() => lazy.get()).toThrow('at once');
  expect(await lazy.get()).toBe(2);
});
