import { InvalidModelError } from '@entrgi/core';
import { expect, test } from 'vitest';
import { decodeModel, encodeModel, GraphBuilder, type Value } from './index.js';
import { runModel } from './testing/run-model.js';
import { int } from './values/attributes.js';

/** Running products of x [steps, 2], by a Scan; `stray`: the body reads a value of the graph around it. */
function products(stray = false): GraphBuilder {
  const g = new GraphBuilder();
  const x = g.input('x', 'float32', ['steps', 2]);
  const first = g.Expand(g.scalar(1, 'float32'), [2]);
  const body = new GraphBuilder();
  const [state, slice] = [body.input('state', 'float32', [2]), body.input('slice', 'float32', [2])];
  const product = body.Mul(state, slice);
  body.output(product, 'next');
  body.output(product, 'emitted');
  if (stray) body.graph.nodes[0] = { ...body.graph.nodes[0]!, inputs: [state, x] };
  const [, all] = g.node(
    'Scan',
    [first, x],
    { body: { kind: 'graph', value: body.graph }, num_scan_inputs: int(1) },
    { outputs: 2, like: [first, x] },
  ) as [Value, Value];
  g.output(all, 'y');
  return g;
}

test('a Scan whose body reads its own inputs alone is written, and runs', async () => {
  const x = { type: 'float32' as const, dims: [3, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6) };
  const { y } = await runModel(encodeModel(products().model()), { x });
  expect(Array.from(y!.data as Float32Array)).toEqual([1, 2, 3, 8, 15, 48]);
});

test('a body that reads more is refused, and no Scan is read', () => {
  expect(() => encodeModel(products(true).model())).toThrow(InvalidModelError);
  expect(() => decodeModel(encodeModel(products().model()))).toThrow(/subgraphs|control flow/i);
});
