import { InvalidModelError } from '@entrgi/core';
import { describe, expect, test } from 'vitest';
import {
  type Attribute,
  canonicalize,
  checkModel,
  type Initializer,
  type Model,
  type Node,
} from '../index.js';
import { emptyGraph } from '../internal.js';
import { int, ints } from '../values/attributes.js';
import { scalar, vector } from '../values/literals.js';
import { leastMemory } from './least-memory.js';

const node = (
  opType: string,
  inputs: string[],
  output: string,
  attributes: Record<string, Attribute> = {},
): Node => ({ opType, domain: '', name: output, inputs, outputs: [output], attributes });

/** x [batch, 4] plus the sum of a value `c` that the nodes compute; the other values by name. */
const adding = (nodes: Node[], initializers: Record<string, Initializer>): Model => {
  const graph = emptyGraph();
  graph.inputs.set('x', { type: 'float32', dims: ['batch', 4] });
  for (const [name, tensor] of Object.entries(initializers)) graph.initializers.set(name, tensor);
  graph.nodes.push(
    ...nodes,
    node('Cast', ['c'], 'cast', { to: int(1) }),
    node('ReduceSum', ['cast'], 'sum', { keepdims: int(0) }),
    node('Add', ['x', 'sum'], 'y'),
  );
  graph.outputs.set('y', { type: 'float32' });
  return { irVersion: 10, opsets: new Map([['', 21]]), producer: '', metadata: new Map(), graph };
};

const constant = (value: Attribute, output: string) =>
  node('Constant', [], output, value.kind === 'ints' ? { value_ints: value } : { value });
const tensor = (value: Initializer): Attribute => ({ kind: 'tensor', value: value as never });
const huge = 2 ** 40;
const float = (value: number) => scalar(value, 'float32');
const smallest: Initializer = { type: 'int64', dims: [1], data: BigInt64Array.of(-(2n ** 63n)) };

const large: Record<string, Model> = {
  'ConstantOfShape of an initializer': adding([node('ConstantOfShape', ['s'], 'c')], { s: vector([huge]) }),
  'ConstantOfShape of a Constant': adding(
    [constant(tensor(vector([huge])), 's'), node('ConstantOfShape', ['s'], 'c')],
    {},
  ),
  'ConstantOfShape of a list': adding(
    [constant(ints([2 ** 20, 2 ** 20]), 's'), node('ConstantOfShape', ['s'], 'c')],
    {},
  ),
  'ConstantOfShape of a sum': adding([node('Add', ['s', 's'], 't'), node('ConstantOfShape', ['t'], 'c')], {
    s: vector([huge]),
  }),
  'ConstantOfShape of a power': adding([node('Pow', ['s', 't'], 'u'), node('ConstantOfShape', ['u'], 'c')], {
    s: vector([1024]),
    t: vector([4]),
  }),
  'ConstantOfShape of a float': adding(
    [node('Cast', ['s'], 't', { to: int(7) }), node('ConstantOfShape', ['t'], 'c')],
    { s: { type: 'float32', dims: [1], data: Float32Array.of(1e12) } },
  ),
  Expand: adding([node('Expand', ['zero', 's'], 'c')], { zero: float(0), s: vector([huge]) }),
  Tile: adding([node('Tile', ['v', 's'], 'c')], { v: vector([1, 2]), s: vector([huge]) }),
  'Pad with constants': adding([node('Pad', ['v', 's'], 'c')], { v: vector([1]), s: vector([huge, 0]) }),
  'Range of floats': adding([node('Range', ['a', 'b', 'd'], 'c')], {
    a: float(0),
    b: float(1e9),
    d: float(1e-3),
  }),
  'Range of integers': adding([node('Range', ['a', 'b', 'd'], 'c')], {
    a: scalar(0, 'int64'),
    b: scalar(huge, 'int64'),
    d: scalar(1, 'int64'),
  }),
  OneHot: adding([node('OneHot', ['v', 'depth', 'values'], 'c')], {
    v: vector([1]),
    depth: vector([huge]),
    values: vector([0, 1]),
  }),
  Resize: adding([node('Resize', ['v', '', 's'], 'c')], {
    v: { type: 'float32', dims: [1, 4], data: new Float32Array(4) },
    s: { type: 'float32', dims: [2], data: Float32Array.of(1e6, 1e6) },
  }),
  HannWindow: adding([node('HannWindow', ['s'], 'c')], { s: scalar(huge, 'int64') }),
  RandomNormal: adding([node('RandomNormal', [], 'c', { shape: ints([huge]) })], {}),
  'two gigabytes from nothing': adding([node('ConstantOfShape', ['s'], 'c')], { s: vector([2 ** 29]) }),
  'a product of constants that takes hours': adding(
    [node('ConstantOfShape', ['s'], 'm'), node('MatMul', ['m', 'm'], 'c')],
    { s: vector([10_000, 10_000]) },
  ),
  'a size that a rule cannot follow': adding(
    [node('TopK', ['v', 'k'], 't'), node('ConstantOfShape', ['t'], 'c')],
    { v: vector([1, 2 ** 40]), k: vector([1]) },
  ),
  'a size that grows with the batch to its fifth power': adding(
    [
      node('Shape', ['x'], 's', { start: int(0), end: int(1) }),
      node('Mul', ['s', 's'], 't'),
      node('Mul', ['t', 't'], 'u'),
      node('Mul', ['u', 't'], 'w'),
      node('ConstantOfShape', ['w'], 'c'),
    ],
    {},
  ),
};

const divided = (divisor: Initializer, dividend: Initializer = smallest, by = node('Div', ['a', 'b'], 'c')) =>
  adding([by], { a: dividend, b: divisor });

describe('checkModel refuses', () => {
  test.each(Object.keys(large))('%s', (name) => {
    expect(() => checkModel(large[name]!)).toThrow(InvalidModelError);
  });

  test('an input that is too large to be there', () => {
    const model = adding([], { c: vector([1]) });
    model.graph.inputs.set('x', { type: 'float32', dims: [2 ** 31, 5] });
    expect(() => checkModel(model)).toThrow("Input 'x' of shape [2147483648,5] has more than 2³¹ elements.");
  });

  // A group of 0 ended the process of onnxruntime 1.30.
  test.each(['Conv', 'ConvTranspose', 'ConvInteger'])('%s in no groups', (opType) => {
    const model = adding([node(opType, ['x', 'w'], 'c', { group: int(0) })], { w: vector([1]) });
    expect(() => checkModel(model)).toThrow(`${opType} (node '`);
    expect(() => checkModel(model)).toThrow('group: expected numbers from 1, got 0.');
  });

  test.each(['int64', 'int32'] as const)('the smallest %s divided by −1', (type) => {
    const data = type === 'int64' ? BigInt64Array.of(-1n) : Int32Array.of(-1);
    const minusOne = { type, dims: [1], data } as Initializer;
    const start = type === 'int64' ? smallest : { type, dims: [1], data: Int32Array.of(-(2 ** 31)) };
    expect(() => checkModel(divided(minusOne, start as Initializer))).toThrow("divisor 'b' may be −1");
    // The same with a divisor that is only −1 when it runs.
    const computed = adding([node('Sub', ['zero', 'one'], 'b'), node('Div', ['a', 'b'], 'c')], {
      a: start as Initializer,
      zero: scalar(0, type),
      one: scalar(1, type),
    });
    expect(() => checkModel(computed)).toThrow(InvalidModelError);
    // Mod divides to find the remainder.
    const modulo = divided(minusOne, start as Initializer, node('Mod', ['a', 'b'], 'c'));
    expect(() => checkModel(modulo)).toThrow("divisor 'b' may be −1");
  });
});

describe('checkModel takes', () => {
  test('divisions that cannot go wrong', () => {
    checkModel(divided(vector([2])));
    checkModel(divided(vector([-2])));
    checkModel(divided(vector([-1]), vector([7])));
    checkModel(divided(vector([-1]), smallest, node('Mod', ['a', 'b'], 'c', { fmod: int(1) })));
    checkModel(
      divided(
        { type: 'float32', dims: [1], data: Float32Array.of(-1) },
        { type: 'float32', dims: [1], data: Float32Array.of(3) },
      ),
    );
    const sizes = adding([node('Shape', ['x'], 's'), node('Div', ['a', 's'], 'c')], { a: smallest });
    checkModel(sizes);
  });

  test('tables, masks and transposed weights', () => {
    const models = [
      adding([node('Range', ['a', 'b', 'd'], 'c')], { a: float(0), b: float(131_072), d: float(1) }),
      adding([node('ConstantOfShape', ['s'], 'c')], { s: vector([1, 1, 8192, 8192]) }),
      adding([node('Transpose', ['w'], 'c')], {
        w: { type: 'float32', dims: [1000, 500], data: new Float32Array(500_000) },
      }),
    ];
    for (const model of models) expect(canonicalize(model).graph.outputs.has('y')).toBe(true);
  });
});

test('leastMemory counts what is stored, what is computed from it and stays, and the largest value', () => {
  const model = adding([node('ConstantOfShape', ['s'], 'big'), node('Mul', ['big', 'x'], 'c')], {
    s: vector([1000, 4]),
  });
  // s 16 bytes; big 1000 × 4 float32, read beside x; the products are as large.
  expect(leastMemory(model)).toEqual({ weights: 16 + 16_000, values: 16_000 });
});
