import { nodeBackend } from '@entrgi/backend-node';
import type { Tensor } from '@entrgi/core';
import { encodeModel, GraphBuilder, type Model, type Value } from '@entrgi/onnx';
import { readModelFile } from '@entrgi/onnx/node';
import { afterAll, describe, expect, it } from 'vitest';
import { fixture, relativeError } from '../../fixtures/fixture.js';
import { fillMaskGraph } from './fill-mask-graph.js';

const backend = nodeBackend({ threads: 1 });
afterAll(() => backend.dispose());

const WIDTH = 6;
const VOCABULARY = 40;
const wave = (length: number, seed: number) =>
  Float32Array.from({ length }, (_, i) => Math.sin(seed + 1.7 * i));

/** Hidden states from ids, and what comes after them as `head` writes it. */
const fillMask = (
  head: (g: GraphBuilder, hidden: Value, weights: { table: Value; projection: Value; bias: Value }) => Value,
): Model => {
  const g = new GraphBuilder();
  const ids = g.input('input_ids', 'int64', ['batch', 'length']);
  const table = g.initializer('table', {
    type: 'float32',
    dims: [VOCABULARY, WIDTH],
    data: wave(VOCABULARY * WIDTH, 0),
  });
  const projection = g.initializer('projection', {
    type: 'float32',
    dims: [WIDTH, VOCABULARY],
    data: wave(WIDTH * VOCABULARY, 1),
  });
  const bias = g.initializer('bias', { type: 'float32', dims: [VOCABULARY], data: wave(VOCABULARY, 2) });
  const embeds = g.Gather(table, ids);
  // Every row sees the others, as in attention.
  const hidden = g.Tanh(g.Add(embeds, g.ReduceMean(embeds, [1], 1)));
  g.output(head(g, hidden, { table, projection, bias }), 'logits');
  return g.model();
};

/** Tail nodes expected to run on chosen rows only. */
const cases: Record<string, { model: () => Promise<Model> | Model; moved: string[] }> = {
  'an exported BERT': {
    model: () => readModelFile(`${fixture('bert-fill')}.onnx`),
    moved: ['MatMul', 'Add'],
  },
  'a product and a sum': {
    model: () => fillMask((g, hidden, { projection, bias }) => g.Add(bias, g.MatMul(hidden, projection))),
    moved: ['MatMul', 'Add'],
  },
  'the transposed embedding table': {
    model: () => fillMask((g, hidden, { table }) => g.MatMul(hidden, g.Transpose(table, [1, 0]))),
    moved: ['MatMul'],
  },
  'float16 logits': {
    model: () =>
      fillMask((g, hidden, { projection, bias }) =>
        g.Cast(g.Add(g.MatMul(hidden, projection), bias), 'float16'),
      ),
    moved: ['MatMul', 'Add', 'Cast'],
  },
  'a projection that another one reads': {
    model: () =>
      fillMask((g, hidden, { projection }) => {
        const logits = g.MatMul(hidden, projection);
        return g.Sub(logits, g.ReduceMean(logits, [1], 1));
      }),
    moved: [],
  },
  'a sum of rows and their mean': {
    model: () =>
      fillMask((g, hidden, { projection }) => {
        const logits = g.MatMul(hidden, projection);
        return g.Add(logits, g.ReduceMean(logits, [1], 1));
      }),
    moved: [],
  },
  'a product of the batch with itself': {
    model: () =>
      fillMask((g, hidden, { table }) => {
        const all = g.Expand(
          g.Unsqueeze(g.Transpose(table, [1, 0]), [0]),
          g.Concat([g.Shape(hidden, { start: 0, end: 1 }), g.int64s([WIDTH, VOCABULARY])], 0),
        );
        return g.MatMul(hidden, all);
      }),
    moved: [],
  },
};

describe.each(Object.entries(cases))('fillMaskGraph: %s', (_, { model, moved }) => {
  it('gives the rows of the whole logits, and computes no others where that is allowed', async () => {
    const original = await model();
    const whole = await backend.createSession({ bytes: encodeModel(original) });
    const [batch, length] = [3, 5];
    const tokens = BigInt64Array.from({ length: batch * length }, (_, i) => BigInt((7 * i) % 38));
    const feeds: Record<string, Tensor> = {};
    for (const name of whole.inputNames) {
      const data = name === 'input_ids' ? tokens : tokens.map(() => (name === 'attention_mask' ? 1n : 0n));
      feeds[name] = { type: 'int64', dims: [batch, length], data };
    }
    const all = (await whole.run(feeds)).logits!;
    const vocabulary = all.dims[2]!;
    const at = [0, 3, 4, 9, 14];
    const { model: restricted, positions, output } = fillMaskGraph(await model(), 'model');
    const { nodes } = restricted.graph;
    const chosen = nodes.findIndex(({ opType, inputs }) => opType === 'Gather' && inputs[1] === positions);
    const tail = nodes.slice(chosen + 1, -1).map(({ opType }) => opType);
    expect(tail.filter((opType) => opType !== 'Identity')).toEqual(moved);
    const session = await backend.createSession({ bytes: encodeModel(restricted) });
    const run = await session.run({
      ...feeds,
      [positions]: { type: 'int64', dims: [at.length], data: BigInt64Array.from(at, BigInt) },
    });
    expect(run[output]).toMatchObject({ type: 'float32', dims: [at.length, vocabulary] });
    const expected = at.flatMap((position) =>
      Array.from({ length: vocabulary }, (_, i) => numberAt(all, position * vocabulary + i)),
    );
    expect(relativeError(run[output]!.data as Float32Array, expected)).toBeLessThan(1e-5);
  });
});

/** An element, float16 decoded. */
const numberAt = ({ type, data }: Tensor, i: number): number => {
  const raw = (data as ArrayLike<number>)[i]!;
  if (type !== 'float16') return raw;
  const [sign, exponent, fraction] = [raw >> 15 ? -1 : 1, (raw >> 10) & 31, raw & 1023];
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
};
