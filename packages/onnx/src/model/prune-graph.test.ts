import { InvalidArgumentError } from '@entrgi/core';
import { expect, test } from 'vitest';
import { GraphBuilder, pruneGraph } from '../index.js';

function build() {
  const g = new GraphBuilder();
  const x = g.input('x', 'float32', ['n']);
  const w = g.initializer('w', { type: 'float32', dims: [], data: Float32Array.of(2) });
  const used = g.Mul(x, w);
  const dead = g.Exp(
    g.Add(x, g.initializer('dead', { type: 'float32', dims: [], data: Float32Array.of(1) })),
  );
  g.output(used, 'y');
  g.output(g.Neg(dead), 'z');
  return g.graph;
}

test('what only other outputs need goes; inputs stay', () => {
  const graph = pruneGraph(build(), ['y']);
  expect(graph.nodes.map(({ opType }) => opType)).toEqual(['Mul', 'Identity']);
  expect([...graph.initializers.keys()]).toEqual(['w']);
  expect([...graph.outputs.keys()]).toEqual(['y']);
  expect([...graph.inputs.keys()]).toEqual(['x']);
});

test('by default all outputs are kept', () => {
  expect(pruneGraph(build()).nodes).toEqual(build().nodes);
});

test('an output that does not exist cannot be kept', () => {
  expect(() => pruneGraph(build(), ['q'])).toThrow(InvalidArgumentError);
});

test('a node with several outputs stays while one is read', () => {
  const g = new GraphBuilder();
  const x = g.input('x', 'float32', [6]);
  const [, second] = g.Split(x, [2, 4], 0, 2);
  g.output(second!, 'y');
  expect(pruneGraph(g.graph).nodes.map(({ opType }) => opType)).toEqual(['Split', 'Identity']);
});
