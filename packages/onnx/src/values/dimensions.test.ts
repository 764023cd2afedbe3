import { InvalidModelError } from '@entrgi/core';
import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../build/graph-builder.js';
import { product, quotient } from './dimensions.js';

describe('sizes that are products', () => {
  it.each([
    [[2, 3], 6],
    [['batch', 1], 'batch'],
    [['sequence', 'batch'], 'batch·sequence'],
    [[2, 'sequence', 3], '6·sequence'],
    [['2·batch', 'batch', 2], '4·batch·batch'],
    [['batch', null], null],
    [[null, 0], 0],
  ])('the product of %j is %j', (sizes, expected) => {
    expect(product(sizes)).toBe(expected);
  });

  it.each([
    [['batch', 'sequence', 8], ['batch', 'sequence', 2], 4],
    [['batch·sequence', 8], ['batch', 4], '2·sequence'],
    [['batch', 'sequence', 8], [8], 'batch·sequence'],
    [['batch', 3], [2], null],
    [['batch'], ['sequence'], null],
    [['batch', null], ['batch'], null],
  ])('%j holds all of %j and %j', (sizes, taken, expected) => {
    expect(quotient(sizes, taken)).toBe(expected);
  });

  it('refuses what does not divide', () => {
    expect(() => quotient([3, 5], [4])).toThrow(InvalidModelError);
  });
});

describe('sizes of which nothing is known', () => {
  it('are known to be equal where they are the same, and have no name in the model', () => {
    const g = new GraphBuilder();
    const x = g.input('x', 'float32', [null, 4]);
    const y = g.Add(g.Exp(x), g.Tanh(x));
    const z = g.output(g.Reshape(y, [-1, 2, 2]), 'z');
    expect(g.typeOf(y).dims).toEqual(g.typeOf(x).dims);
    expect(typeof g.typeOf(x).dims?.[0]).toBe('string');
    expect(g.graph.inputs.get(x)?.dims).toEqual([null, 4]);
    expect(g.graph.outputs.get(z)?.dims).toEqual([null, 2, 2]);
    const other = g.input('other', 'float32', [null, 4]);
    expect(g.typeOf(g.Add(x, other)).dims).not.toEqual(g.typeOf(x).dims);
  });
});
