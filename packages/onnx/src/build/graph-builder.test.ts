import { InvalidArgumentError, UnsupportedError } from '@entrgi/core';
import { expect, test } from 'vitest';
import { checkModel, GraphBuilder } from '../index.js';

test('types and symbolic shapes follow what is appended', () => {
  const g = new GraphBuilder();
  const x = g.input('x', 'float32', ['B', 'S', 16]);
  const w = g.input('w', 'float32', [16, 8]);
  const y = g.MatMul(x, w);
  expect(g.typeOf(y)).toEqual({ type: 'float32', dims: ['B', 'S', 8] });
  expect(g.typeOf(g.Reshape(y, [0, 0, 2, -1])).dims).toEqual(['B', 'S', 2, 4]);
  expect(g.typeOf(g.Transpose(y, [2, 0, 1])).dims).toEqual([8, 'B', 'S']);
  expect(g.typeOf(g.ReduceSum(y, [-1], 0)).dims).toEqual(['B', 'S']);
  expect(g.typeOf(g.Equal(y, g.scalar(0, 'float32')))).toEqual({ type: 'bool', dims: ['B', 'S', 8] });
  expect(g.typeOf(g.ArgMax(y, -1, 0))).toEqual({ type: 'int64', dims: ['B', 'S'] });
  expect(g.typeOf(g.Cast(y, 'float16'))).toEqual({ type: 'float16', dims: ['B', 'S', 8] });
  g.output(y, 'y');
  checkModel(g.model());
});

test('equal constants are stored once; 0 and −0 are not equal', () => {
  const g = new GraphBuilder();
  expect(g.int64s([1, 2])).toBe(g.int64s([1, 2]));
  expect(g.scalar(0, 'float32')).not.toBe(g.scalar(-0, 'float32'));
  expect(g.scalar(1, 'float32')).not.toBe(g.scalar(1, 'float64'));
  expect(g.graph.initializers.size).toBe(5);
});

test('names are given once', () => {
  const g = new GraphBuilder();
  g.input('x', 'float32', []);
  expect(() => g.input('x', 'float32', [])).toThrow(InvalidArgumentError);
  expect(() => g.Neg('nothing')).toThrow(/No value named 'nothing'/);
  g.reserve(['Neg/output']);
  expect(g.Neg('x')).toBe('Neg/output_1');
  const outputs = Array.from({ length: 50 }, () => g.Neg('x'));
  expect(new Set(outputs).size).toBe(50);
  expect(new Set(g.graph.nodes.map(({ name }) => name)).size).toBe(51);
});

test('a builder goes on where a graph ends', () => {
  const first = new GraphBuilder();
  first.Neg(first.input('x', 'float32', ['n']));
  const g = new GraphBuilder(first.graph);
  expect(g.typeOf('Neg/output')).toEqual({ type: 'float32', dims: ['n'] });
  expect(g.Neg('Neg/output')).toBe('Neg_1/output');
});

test('a value of an unknown operator exists, but its type is not known', () => {
  const g = new GraphBuilder();
  const [y] = g.node('Mystery', [g.input('x', 'float32', [])], {}, { domain: 'custom' });
  expect(g.has(y!)).toBe(true);
  const z = g.Neg(y!);
  expect(() => g.typeOf(z)).toThrow(UnsupportedError);
  expect(() => g.typeOf(z)).toThrow(
    "The type of value 'Neg/output' is not known in graph 'main': nothing is known of Mystery (node 'Mystery').",
  );
  expect(g.model().opsets).toEqual(
    new Map([
      ['', 21],
      ['custom', 1],
    ]),
  );
});
