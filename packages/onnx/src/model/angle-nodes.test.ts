import { expect, test } from 'vitest';
import { GraphBuilder } from '../build/graph-builder.js';
import { angleNodes } from './angle-nodes.js';

test('are those from positions to their sines and cosines, and no others', () => {
  const g = new GraphBuilder();
  const x = g.input('x', 'float32', ['length', 4]);
  const frequencies = g.constant({ type: 'float32', dims: [1, 2], data: Float32Array.of(1, 0.1) });
  const positions = g.Range(
    g.scalar(0, 'int64'),
    g.Squeeze(g.Shape(x, { start: 0, end: 1 }), [0]),
    g.scalar(1, 'int64'),
  );
  const angles = g.Mul(g.Unsqueeze(g.Cast(positions, 'float32'), [1]), frequencies);
  const turned = g.Concat([g.Cos(angles), g.Sin(angles)], 1);
  g.output(g.Add(turned, g.Sin(g.Mul(x, g.scalar(2, 'float32')))), 'y');
  const kinds = angleNodes(g.graph).map((name) => g.graph.nodes.find((node) => node.name === name)!.opType);
  expect(kinds).toEqual(['Unsqueeze', 'Mul', 'Cos', 'Sin']);
});
