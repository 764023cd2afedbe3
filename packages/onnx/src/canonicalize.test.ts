import { readFileSync } from 'node:fs';
import { InvalidModelError, UnsupportedError } from '@entrgi/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalize, decodeModel, encodeModel, GraphBuilder } from './index.js';
import type { Model, Node } from './model/model.js';
import { runModel } from './testing/run-model.js';
import { float, int, ints } from './values/attributes.js';

/** A model of nodes [operator, inputs, outputs, attributes] over x: float32 [batch, 4]. */
function model(
  opset: number,
  nodes: readonly [string, string[], string[], Node['attributes']?][],
  outputs: string[],
): Model {
  return {
    irVersion: 7,
    opsets: new Map([['', opset]]),
    producer: 'test',
    metadata: new Map([['author', 'test']]),
    graph: {
      name: 'test',
      nodes: nodes.map(([opType, inputs, made, attributes = {}], i) => ({
        opType,
        domain: '',
        name: `node${i}`,
        inputs,
        outputs: made,
        attributes,
      })),
      inputs: new Map([['x', { type: 'float32', dims: ['batch', 4] }]]),
      outputs: new Map(outputs.map((name) => [name, { type: 'float32' as const }])),
      initializers: new Map(),
      valueTypes: new Map(),
    },
  };
}

const operators = ({ graph }: Model) => graph.nodes.map(({ opType }) => opType);
const feeds = {
  x: { type: 'float32' as const, dims: [2, 4], data: Float32Array.from([1, 2, 3, 4, -1, 0, 2, 5]) },
};
const run = async (of: Model) =>
  Object.fromEntries(
    Object.entries(await runModel(encodeModel(of), feeds)).map(([name, { data }]) => [
      name,
      Array.from(data as Float32Array),
    ]),
  );

test('identities go, unless an output or a kept value bears the name', async () => {
  const chain = model(
    13,
    [
      ['Identity', ['x'], ['a']],
      ['Neg', ['a'], ['b']],
      ['Identity', ['b'], ['c']],
      ['Identity', ['x'], ['d']],
    ],
    ['c', 'd'],
  );
  const canonical = canonicalize(chain);
  expect(canonical.graph.nodes.map(({ opType, inputs, outputs }) => [opType, inputs, outputs])).toEqual([
    ['Neg', ['x'], ['b']],
    ['Identity', ['b'], ['c']],
    ['Identity', ['x'], ['d']],
  ]);
  expect(await run(canonical)).toEqual(await run(chain));
  const kept = canonicalize(chain, { keep: ['a'] });
  expect(kept.graph.nodes[0]!.outputs).toEqual(['a']);
  expect(kept.graph.nodes[1]!.inputs).toEqual(['a']);
});

test('the result of an expansion has the name of what it replaces', () => {
  const split = model(
    11,
    [
      ['Softmax', ['x'], ['y'], { axis: int(0) }],
      ['Neg', ['y'], ['z']],
    ],
    ['z'],
  );
  const { nodes } = canonicalize(split).graph;
  expect(nodes.find(({ outputs }) => outputs[0] === 'y')!.opType).toBe('Reshape');
  expect(nodes.at(-1)).toMatchObject({ opType: 'Neg', inputs: ['y'], outputs: ['z'] });
});

test('generated names never meet names of the file', async () => {
  const awkward = model(
    11,
    [
      ['Softmax', ['x'], ['Flatten/output'], { axis: int(0) }],
      ['ReduceMean', ['Flatten/output'], ['constant'], { axes: ints([0]) }],
      ['Neg', ['constant'], ['Reshape/output']],
    ],
    ['Reshape/output'],
  );
  expect(await run(canonicalize(awkward))).toEqual(await run(awkward));
});

test('a node may be called like a value', () => {
  const same = model(13, [['Neg', ['x'], ['node0']]], ['node0']);
  expect(canonicalize(same).graph.nodes[0]).toMatchObject({ name: 'node0', outputs: ['node0'] });
});

test('constants become initializers of their own names, known shapes are folded, dead nodes go', async () => {
  const shaped = model(
    13,
    [
      ['Constant', [], ['half'], { value_float: float(0.5) }],
      ['Constant', [], ['one'], { value_ints: ints([1]) }],
      ['Shape', ['x'], ['shape']],
      ['Gather', ['shape', 'one'], ['width']],
      ['Constant', [], ['rest'], { value_ints: ints([-1]) }],
      ['Concat', ['width', 'rest'], ['target'], { axis: int(0) }],
      ['Reshape', ['x', 'target'], ['turned']],
      ['Mul', ['turned', 'half'], ['y']],
      ['Exp', ['y'], ['unused']],
    ],
    ['y'],
  );
  const canonical = canonicalize(shaped);
  expect(operators(canonical)).toEqual(['Reshape', 'Mul']);
  expect([...canonical.graph.initializers.keys()].sort()).toEqual(['half', 'target']);
  expect(canonical.graph.initializers.get('target')!.data).toEqual(BigInt64Array.of(4n, -1n));
  expect(await run(canonical)).toEqual(await run(shaped));
});

test('sizes that a file merely declares are not folded', () => {
  const traced = model(
    13,
    [
      ['Mystery', ['x'], ['m']],
      ['Neg', ['x'], ['n']],
      ['Shape', ['n'], ['s']],
      ['Reshape', ['n', 's'], ['y']],
    ],
    ['y'],
  );
  traced.graph.valueTypes.set('n', { type: 'float32', dims: [1, 4] });
  expect(operators(canonicalize(traced))).toEqual(['Neg', 'Shape', 'Reshape']);
  // Nor where nothing contradicts them; what follows all the same is.
  traced.graph.inputs.set('x', { type: 'float32', dims: [null, 4] });
  expect(operators(canonicalize(traced))).toEqual(['Neg', 'Shape', 'Reshape']);
  traced.graph.inputs.set('x', { type: 'float32', dims: [1, 4] });
  expect(operators(canonicalize(traced))).toEqual(['Neg', 'Reshape']);
});

test('the argument is left as it was, and canonical models are left alone', () => {
  const bytes = readFileSync(new URL('../fixtures/exports/bert-ts-11.onnx', import.meta.url));
  const original = decodeModel(bytes);
  const once = canonicalize(original);
  expect(original).toEqual(decodeModel(bytes));
  expect(once.opsets).toEqual(new Map([['', 21]]));
  expect(canonicalize(once)).toEqual(once);
});

test('what has no canonical form says so', () => {
  const lists = (opset: number, ...node: [string, string[], string[], Node['attributes']?]) =>
    model(opset, [node], ['y']);
  expect(() => canonicalize(lists(11, 'Resize', ['x'], ['y']))).toThrow(UnsupportedError);
  expect(() => canonicalize(lists(18, 'GroupNormalization', ['x', 'x', 'x'], ['y']))).toThrow(
    /'node0' \(GroupNormalization\)/,
  );
  expect(() => canonicalize(lists(23, 'Attention', ['x', 'x', 'x'], ['y']))).toThrow(UnsupportedError);
  expect(() => canonicalize(lists(13, 'Constant', [], ['y']))).toThrow(UnsupportedError);
  expect(() => canonicalize(lists(13, 'Unsqueeze', ['x'], ['y'], { axes: float(1) }))).toThrow(
    InvalidModelError,
  );
});

test('unknown operators are kept, whatever follows them', () => {
  const strange = model(
    17,
    [
      ['Mystery', ['x'], ['m']],
      ['Neg', ['m'], ['n']],
      ['Softmax', ['n'], ['y']],
    ],
    ['y'],
  );
  expect(operators(canonicalize(strange))).toEqual(['Mystery', 'Neg', 'Softmax']);
});

test('damaged models are canonicalized or refused, nothing else', () => {
  const bytes = encodeModel(
    canonicalize(
      decodeModel(readFileSync(new URL('../fixtures/exports/llama-dynamo-23.onnx', import.meta.url))),
    ),
  );
  const damage = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 })), {
    minLength: 1,
    maxLength: 4,
  });
  fc.assert(
    fc.property(damage, (changes) => {
      const file = bytes.slice();
      for (const [at, value] of changes) file[at] = value;
      try {
        expect(new GraphBuilder(canonicalize(decodeModel(file)).graph)).toBeDefined();
      } catch (error) {
        expect(error instanceof InvalidModelError || error instanceof UnsupportedError, String(error)).toBe(
          true,
        );
      }
    }),
    { numRuns: process.env.ENTRGI_SLOW === '1' ? 5_000 : 100 },
  );
}, 900_000);
