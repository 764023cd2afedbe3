import { readdirSync, readFileSync } from 'node:fs';
import { InvalidModelError } from '@entrgi/core';
import { describe, expect, test } from 'vitest';
import { canonicalize, decodeModel, encodeModel, GraphBuilder } from '../index.js';
import { emptyGraph } from '../internal.js';
import type { Model, ValueType } from '../model/model.js';
import { runModel } from '../testing/run-model.js';

const folder = new URL('../../fixtures/exports/', import.meta.url);
const names = readdirSync(folder).filter((name) => name.endsWith('.onnx'));

/** Every value of a graph as an output. */
function exposed(model: Model): Model {
  const outputs = new Map(
    model.graph.nodes.flatMap(({ outputs }) =>
      outputs.filter((name) => name !== '').map((name) => [name, { type: 'float32' as const }]),
    ),
  );
  const g = new GraphBuilder({ ...model.graph, outputs: new Map() });
  for (const name of outputs.keys()) outputs.set(name, { type: g.typeOf(name).type as 'float32' });
  return { ...model, graph: { ...model.graph, outputs } };
}

describe.each(names)('%s', (name) => {
  test('what is inferred about every value is what onnxruntime computes', async () => {
    const model = canonicalize(decodeModel(readFileSync(new URL(name, folder))));
    const g = new GraphBuilder({ ...model.graph, outputs: new Map(), valueTypes: new Map() });
    const { inputs } = JSON.parse(readFileSync(new URL(name.replace('.onnx', '.json'), folder), 'utf8'));
    const feeds = Object.fromEntries(
      Object.entries<{ dims: number[]; data: number[] }>(inputs).map(([key, { dims, data }]) => [
        key,
        { type: 'int64' as const, dims, data: BigInt64Array.from(data, BigInt) },
      ]),
    );
    const results = await runModel(encodeModel(exposed(model)), feeds);
    const symbols = new Map<string, number>();
    let known = 0;
    let sizes = 0;
    for (const [value, tensor] of Object.entries(results)) {
      const { type, dims } = g.typeOf(value);
      expect(type, value).toBe(tensor.type);
      expect(dims, value).toHaveLength(tensor.dims.length);
      for (const [axis, size] of dims!.entries()) {
        sizes++;
        if (size !== null) known++;
        if (typeof size === 'number') expect(size, `${value} axis ${axis}`).toBe(tensor.dims[axis]);
        if (typeof size === 'string') {
          const before = symbols.get(size) ?? tensor.dims[axis]!;
          expect(tensor.dims[axis], `${value} axis ${axis}: ${size}`).toBe(before);
          symbols.set(size, before);
        }
      }
      const contents = g.contentsOf(value);
      const elements = contents && Array.from(tensor.data as BigInt64Array, Number);
      for (const [i, element] of contents?.entries() ?? []) {
        if (typeof element === 'number') expect(element, `${value}[${i}]`).toBe(elements![i]);
        if (typeof element === 'string')
          expect(symbols.get(element) ?? elements![i], `${value}[${i}]`).toBe(elements![i]);
      }
    }
    // Exported graphs compute most of their shapes; nearly all of them follow from the inputs.
    expect(known / sizes).toBeGreaterThan(0.9);
  });
});

const builder = () => {
  const g = new GraphBuilder(emptyGraph());
  return { g, x: g.input('x', 'float32', ['B', 'S', 12]) };
};

test('sizes that contradict each other are refused where they meet', () => {
  const { g, x } = builder();
  const other = g.input('other', 'float32', [5]);
  expect(() => g.Add(x, other)).toThrow(InvalidModelError);
  expect(() => g.MatMul(x, g.input('w', 'float32', [5, 2]))).toThrow(/do not multiply/);
  expect(() => g.Reshape(g.input('y', 'float32', [7]), [2, -1])).toThrow(InvalidModelError);
  expect(() => g.Squeeze(x, [3])).toThrow(/axis/);
});

test('shapes computed in the graph are followed symbolically', () => {
  const { g, x } = builder();
  const heads = g.Concat([g.Shape(x, { end: 2 }), g.int64s([3, -1])], 0);
  expect(g.typeOf(g.Reshape(x, heads)).dims).toEqual(['B', 'S', 3, 4]);
  const first = g.Gather(g.Shape(x), g.int64s([0]));
  expect(g.contentsOf(first)).toEqual(['B']);
  expect(g.typeOf(g.Expand(g.scalar(0, 'float32'), g.Concat([first, first], 0))).dims).toEqual(['B', 'B']);
  const length = g.Squeeze(g.Shape(x, { start: 1, end: 2 }), [0]);
  expect(g.typeOf(g.Range(g.scalar(0, 'int64'), length, g.scalar(1, 'int64'))).dims).toEqual(['S']);
});

test('an Einsum has the sizes of its letters', () => {
  const { g, x } = builder();
  const y = g.input('y', 'float32', ['B', 'T', 12]);
  expect(g.typeOf(g.Einsum('bsd,btd->bst', x, y)).dims).toEqual(['B', 'S', 'T']);
  expect(g.typeOf(g.Einsum('...d,...d->...', x, x)).dims).toEqual(['B', 'S']);
  expect(g.typeOf(g.Einsum('bsd,btd', x, y)).dims).toEqual(['S', 'T']);
});

describe('what a file declares of a value', () => {
  /** A product of a value of shape [B, ?, 12], of which the file says more. */
  const declaring = (dims: ValueType['dims'], type: ValueType['type'] = 'float32') => {
    const g = new GraphBuilder(emptyGraph());
    g.graph.valueTypes.set('y', { type, dims });
    const x = g.input('x', 'float32', ['B', null, 12]);
    g.node('Exp', [x], {}, { outputs: ['y'] });
    return g.declaredTypeOf('y').dims;
  };

  test.each([
    ['fills in what does not follow', ['B', 4, 12], ['B', 4, 12]],
    ['gives a name to what has none', ['B', 'S', 12], ['B', 'S', 12]],
    ['may say less', [null, null, null], ['B', null, 12]],
    ['may call a size otherwise', ['N', 4, null], ['B', 4, 12]],
    ['is not believed where it fixes a free size', [2, 4, 12], ['B', null, 12]],
    ['is not believed where it contradicts a size', ['B', 4, 13], ['B', null, 12]],
    ['is not believed where it contradicts the rank', ['B', 4], ['B', null, 12]],
  ] as const)('%s', (_, declared, expected) => {
    expect(declaring(declared)).toEqual(expected);
  });

  test('is not believed where it contradicts the element type', () => {
    expect(declaring(['B', 4, 12], 'int64')).toEqual(['B', null, 12]);
  });
});

test('the element type of one operand is enough', () => {
  const { g, x } = builder();
  const [unknown] = g.node('Mystery', [x], {}, { domain: 'custom' }) as [string];
  for (const y of [g.Add(unknown, x), g.Max(unknown, x), g.MatMul(unknown, x), g.Concat([unknown, x], 0)]) {
    expect(g.typeOf(y).type).toBe('float32');
  }
});

test('an operator of another domain is another operator', () => {
  const { g, x } = builder();
  expect(g.knownTypeOf(g.node('Add', [x, x], {}, { domain: 'custom' })[0]!)).toBeUndefined();
});

test('an Einsum broadcasts its letters', () => {
  const { g } = builder();
  const [a, b] = [g.input('a', 'float32', [2, 1]), g.input('b', 'float32', [3, 4])];
  expect(g.typeOf(g.Einsum('ij,jk->ijk', a, b)).dims).toEqual([2, 3, 4]);
});
