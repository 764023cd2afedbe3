import { InvalidArgumentError, NonDifferentiableError } from '@entrgi/core';
import {
  decodeModel,
  encodeModel,
  GraphBuilder,
  type InlineInitializer,
  type Model,
  type Value,
} from '@entrgi/onnx';
import { int, string } from '@entrgi/onnx/internal';
import { describe, expect, it } from 'vitest';
import { differentiate } from './differentiate.js';
import { numbersOf, tensorOf } from './testing/numbers.js';
import { runOnce } from './testing/run-model.js';

const float32 = (dims: readonly number[], values: readonly number[]) =>
  tensorOf('float32', dims, values) as InlineInitializer;
const int64 = (dims: readonly number[], values: readonly number[]) => ({
  type: 'int64' as const,
  dims,
  data: BigInt64Array.from(values, BigInt),
});

/** ids → embeddings → mean over positions → logits of two classes; and the mean's square as a second output. */
function classifier(): Model {
  const g = new GraphBuilder();
  const ids = g.input('input_ids', 'int64', ['batch', 'sequence']);
  const scale = g.input('scale', 'float32', [1]);
  const table = g.initializer('table', float32([4, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]));
  const embeddings = named(g, 'Gather', [table, ids], 'embeddings');
  const pooled = g.ReduceMean(g.Mul(embeddings, scale), [1], 0);
  const head = g.initializer('head', float32([3, 2], [1, -1, 2, 0, 3, 5]));
  g.output(g.MatMul(pooled, head), 'logits');
  g.output(g.Mul(pooled, pooled), 'square');
  return g.model();
}

const named = (g: GraphBuilder, opType: string, inputs: readonly Value[], output: string): Value =>
  g.node(opType, inputs, {}, { outputs: [output] })[0]!;

const embeddings = float32([1, 2, 3], [1, 2, 3, 4, 5, 6]);

describe('differentiate', () => {
  it('keeps all outputs, adds the gradient, and makes an intermediate value an input', async () => {
    const model = classifier();
    const result = differentiate(model, { of: 'logits', index: 1, wrt: 'embeddings' });
    expect([...result.graph.outputs.keys()]).toEqual(['logits', 'square', 'gradient/embeddings']);
    expect(result.graph.outputs.get('gradient/embeddings')).toEqual({
      type: 'float32',
      dims: ['batch', 'sequence', 3],
    });
    expect([...result.graph.inputs.keys()]).toEqual(['scale', 'embeddings']);
    expect([...result.graph.initializers.keys()]).not.toContain('table');
    const outputs = await runOnce(result, { embeddings, scale: float32([1], [2]) });
    // pooled = 2 · (2.5, 3.5, 4.5); ∂logit₁/∂embedding = scale / length · head[:, 1]
    expect(numbersOf(outputs.logits!)).toEqual([5 + 14 + 27, -5 + 45]);
    expect(numbersOf(outputs['gradient/embeddings']!)).toEqual([-1, 0, 5, -1, 0, 5]);
  });

  it('sums all elements of the output when no index is given', async () => {
    const result = differentiate(classifier(), { of: 'logits', wrt: ['embeddings', 'scale', 'head'] });
    const outputs = await runOnce(result, { embeddings, scale: float32([1], [2]) });
    expect(numbersOf(outputs['gradient/embeddings']!)).toEqual([0, 2, 8, 0, 2, 8]);
    // Σ over pooled / scale · rows of head summed: 2.5 · 0 + 3.5 · 2 + 4.5 · 8
    expect(numbersOf(outputs['gradient/scale']!)).toEqual([43]);
    expect(numbersOf(outputs['gradient/head']!)).toEqual([5, 5, 7, 7, 9, 9]);
  });

  it('adds the rows of a table up where its tokens repeat', async () => {
    const result = differentiate(classifier(), { of: 'logits', index: 0, wrt: 'table' });
    const outputs = await runOnce(result, { input_ids: int64([1, 2], [3, 3]), scale: float32([1], [1]) });
    expect(numbersOf(outputs['gradient/table']!)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3]);
  });

  it('does not change the model it is given', () => {
    const model = classifier();
    const before = structuredClone(model);
    differentiate(model, { of: 'logits', wrt: 'embeddings' });
    expect(model).toEqual(before);
  });

  it('keeps a value that is an output, and adds a gradient with respect to it', async () => {
    const result = differentiate(classifier(), { of: 'logits', index: 1, wrt: 'logits' });
    expect([...result.graph.outputs.keys()]).toEqual(['logits', 'square', 'gradient/logits']);
    const outputs = await runOnce(result, {
      input_ids: int64([1, 1], [0]),
      scale: float32([1], [1]),
      logits: float32([1, 2], [3, 4]),
    });
    expect(numbersOf(outputs.logits!)).toEqual([3, 4]);
    expect(numbersOf(outputs['gradient/logits']!)).toEqual([0, 1]);
  });

  it('keeps other outputs of the node that an intermediate value came from', async () => {
    const g = new GraphBuilder();
    const x = g.input('x', 'float32', [4]);
    const [a, b] = g.node('Split', [x, g.int64s([2, 2])], {}, { outputs: ['a', 'b'] }) as [Value, Value];
    g.output(g.Mul(a, b), 'y');
    const outputs = await runOnce(differentiate(g.model(), { of: 'y', wrt: 'b' }), {
      x: float32([4], [1, 2, 3, 4]),
      b: float32([2], [10, 20]),
    });
    expect(numbersOf(outputs.y!)).toEqual([10, 40]);
    expect(numbersOf(outputs['gradient/b']!)).toEqual([1, 2]);
  });

  it('finds a free name for what an intermediate value was', () => {
    const g = new GraphBuilder();
    const x = g.input('x', 'float32', [4]);
    const [a, b] = g.node('Split', [x, g.int64s([2, 2])], {}, { outputs: ['a', 'b'] }) as [Value, Value];
    const taken = g.node('Exp', [a], {}, { outputs: ['b/replaced'] })[0]!;
    g.output(g.Mul(taken, b), 'y');
    const model = differentiate(g.model(), { of: 'y', wrt: 'b' });
    expect(() => encodeModel(model)).not.toThrow();
    expect(model.graph.outputs.get('gradient/b')).toEqual({ type: 'float32', dims: [2] });
  });

  it.each([
    [
      { of: 'logit', wrt: 'embeddings' },
      InvalidArgumentError,
      "no value named 'logit'. Did you mean 'logits'",
    ],
    [{ of: 'logits', wrt: 'embedings' }, InvalidArgumentError, "Did you mean 'embeddings'"],
    [{ of: 'logits', wrt: [] }, InvalidArgumentError, 'at least one value'],
    [{ of: 'logits', wrt: ['scale', 'scale'] }, InvalidArgumentError, 'distinct values'],
    [{ of: 'logits', index: 2, wrt: 'scale' }, InvalidArgumentError, 'Expected an index from 0 to 1'],
    [{ of: 'logits', index: -1, wrt: 'scale' }, InvalidArgumentError, 'got -1'],
    [{ of: 'logits', index: 0.5, wrt: 'scale' }, InvalidArgumentError, 'got 0.5'],
    [
      { of: 'logits', wrt: 'input_ids' },
      NonDifferentiableError,
      "'input_ids' holds int64, which has no gradient. Differentiate with respect to a float value computed from it: 'embeddings'.",
    ],
    [{ of: 'embeddings', wrt: 'head' }, NonDifferentiableError, "'embeddings' does not depend on 'head'."],
  ] as const)('%o is a typed error', (options, kind, message) => {
    expect(() => differentiate(classifier(), options)).toThrow(kind);
    expect(() => differentiate(classifier(), options)).toThrow(message);
  });

  it('says so where no output depends on the value', () => {
    const g = new GraphBuilder();
    const x = g.input('x', 'float32', [1]);
    named(g, 'Exp', [x], 'unread');
    g.output(g.Tanh(x), 'y');
    expect(() => differentiate(g.model(), { of: 'y', wrt: 'unread' })).toThrow(
      "No output of the model depends on 'unread'.",
    );
  });

  it('refuses an Einsum whose equation has other terms than there are operands', () => {
    const g = new GraphBuilder();
    const x = g.input('x', 'float32', [2, 3]);
    const [y] = g.node('Einsum', [x, x], { equation: string('ij->i') }, { like: [x] });
    g.output(y!, 'y');
    expect(() => differentiate(g.model(), { of: 'y', wrt: 'x' })).toThrow(
      'an equation of 1 terms for 2 operands',
    );
  });

  it('refers to external weights where they lie', () => {
    const g = new GraphBuilder();
    const x = g.input('x', 'float32', ['N', 64]);
    const external = { location: 'model.safetensors', offset: 128, length: 64 * 64 * 4 };
    const w = g.initializer('w', { type: 'float32', dims: [64, 64], external });
    g.output(g.MatMul(x, w), 'y');
    const { graph } = differentiate(g.model(), { of: 'y', wrt: 'x' });
    expect(graph.initializers.get('w')).toEqual({ type: 'float32', dims: [64, 64], external });
    const inline = [...graph.initializers.values()].filter(({ data }) => data !== undefined);
    expect(inline.every(({ dims }) => dims.reduce((product, size) => product * size, 1) <= 64)).toBe(true);
  });

  it('takes a name of the canonical form: the words within a fused embedding', async () => {
    const tables = (g: GraphBuilder) => [
      g.initializer('words', float32([4, 2], [1, 2, 0.5, -1, 3, 0.1, -2, 1])),
      g.initializer('positions', float32([3, 2], [0.1, 0.2, -0.3, 0.4, 0.5, -0.6])),
      g.initializer('gamma', float32([2], [1.5, -0.5])),
      g.initializer('beta', float32([2], [0.1, 0.2])),
    ];
    const loss = (g: GraphBuilder, y: Value) => g.output(g.ReduceSum(g.Exp(y), null, 0), 'loss');
    const fused = new GraphBuilder();
    const ids = fused.input('ids', 'int32', [1, 2]);
    const [words, positions, gamma, beta] = tables(fused) as [Value, Value, Value, Value];
    const [y] = fused.node(
      'EmbedLayerNormalization',
      [ids, '', words, positions, '', gamma, beta],
      { epsilon: { kind: 'float', value: 0.1 } },
      { domain: 'com.microsoft', outputs: ['embedded', ''] },
    ) as [Value];
    fused.graph.valueTypes.set(y, { type: 'float32', dims: [1, 2, 2] });
    const typed = new GraphBuilder(fused.graph);
    loss(typed, y);

    const plain = new GraphBuilder();
    const x = plain.input('embedded/words', 'float32', [1, 2, 2]);
    const [, where, scale, bias] = tables(plain) as [Value, Value, Value, Value];
    const sum = plain.Add(x, plain.Slice(where, [0], [2], [0]));
    loss(plain, plain.LayerNormalization(sum, scale, bias, { epsilon: 0.1 }));

    const given = { 'embedded/words': float32([1, 2, 2], [0.3, -0.8, 1.2, 0.4]) };
    // The fused form still counts its positions by the ids.
    const ofIds = { type: 'int32' as const, dims: [1, 2], data: Int32Array.of(0, 1) };
    const [actual, expected] = await Promise.all(
      [typed, plain].map(async (g) => {
        const model = differentiate(g.model(), { of: 'loss', wrt: 'embedded/words' });
        const feeds = model.graph.inputs.has('ids') ? { ...given, ids: ofIds } : given;
        return numbersOf((await runOnce(model, feeds))['gradient/embedded/words']!);
      }),
    );
    expect(expected!.some((value) => Math.abs(value) > 0.1)).toBe(true);
    for (const [i, value] of actual!.entries()) expect(value).toBeCloseTo(expected![i]!, 5);
  });

  it('refuses to overwrite a value called like the gradient', () => {
    const g = new GraphBuilder();
    const x = g.input('x', 'float32', [1]);
    g.output(named(g, 'Exp', [x], 'gradient/x'));
    expect(() => differentiate(g.model(), { of: 'gradient/x', wrt: 'x' })).toThrow(
      "already has a value named 'gradient/x'",
    );
  });

  it.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])(
    'an operator, an attribute and a value called %s are like any other',
    (name) => {
      const build = (opType: string, attribute: string) => {
        const g = new GraphBuilder();
        const x = g.input(name, 'float32', [2]);
        const y = g.node(opType, [x], { [attribute]: int(1) }, { outputs: ['y'] })[0]!;
        g.output(g.Mul(y, x), 'z');
        return decodeModel(encodeModel(g.model()));
      };
      expect(() => differentiate(build(name, 'axis'), { of: 'z', wrt: name })).toThrow(
        `No gradient of ${name} (node '${name}' of graph 'main'): there is no rule for it.`,
      );
      const { graph } = differentiate(build('Tanh', name), { of: 'z', wrt: name });
      expect(Object.entries(graph.nodes[0]!.attributes)).toEqual([[name, int(1)]]);
      expect(graph.outputs.get(`gradient/${name}`)).toEqual({ type: 'float32', dims: [2] });
    },
  );
});
