import { InvalidArgumentError } from '@entrgi/core';
import { expect, test } from 'vitest';
import { orders } from '../index.js';
import { orderNamed } from './order-named.js';

test.each(Object.entries(orders))('%s is called so', (name, order) => {
  expect(orderNamed(name as keyof typeof orders)).toBe(order);
});

// The values of `alg` in Dream's generation_utils.py and of `remasking` in LLaDA's generate.py.
test.each([
  ['maskgit_plus', orders.maskgitPlus],
  ['topk_margin', orders.topkMargin],
  ['entropy', orders.entropy],
  ['origin', orders.origin],
  ['low_confidence', orders.lowConfidence],
  ['random', orders.random],
] as const)('%s is what published code calls it', (name, order) => {
  expect(orderNamed(name)).toBe(order);
});

test('another name is refused', () => {
  expect(() => orderNamed('toString' as 'random')).toThrow(InvalidArgumentError);
});
