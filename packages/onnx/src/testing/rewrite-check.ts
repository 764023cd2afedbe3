import type { DataType, Tensor } from '@entrgi/core';
import { describe, expect, test } from 'vitest';
import { canonicalize, checkModel, encodeModel } from '../index.js';
import type { Attribute, InlineInitializer, Model, Value, ValueType } from '../model/model.js';
import { runModel } from './run-model.js';

export type Floats = readonly [dims: readonly number[], scale?: number];

/** One node, run as it is and in canonical form. */
export interface RewriteCase {
  readonly operator: string;
  readonly domain?: string;
  readonly attributes?: Readonly<Record<string, Attribute>>;
  /** Float inputs by shape: random. Tensors are fed as they are. null: absent. */
  readonly inputs: readonly (Floats | Tensor | null)[];
  /** Inputs that are constants in the model. */
  readonly constant?: readonly number[];
  readonly outputs?: number;
  readonly opsets?: readonly number[];
  /** Operators that must not be in the canonical graph. */
  readonly gone?: readonly string[];
  readonly name?: string;
  /** Sizes of the inputs as declared, where they are not the fed ones. */
  readonly declared?: readonly (ValueType['dims'] | 'unknown')[];
  /** Names of the outputs, where some are absent. */
  readonly names?: readonly string[];
  /** How many of the outputs are outputs of the graph; default: all. */
  readonly fetched?: number;
}

export const int64 = (dims: readonly number[], data: readonly number[]): Tensor => ({
  type: 'int64',
  dims,
  data: BigInt64Array.from(data, BigInt),
});
export const int32 = (dims: readonly number[], data: readonly number[]): Tensor => ({
  type: 'int32',
  dims,
  data: Int32Array.from(data),
});
export const truth = (dims: readonly number[], data: readonly number[]): Tensor => ({
  type: 'bool',
  dims,
  data: Uint8Array.from(data),
});

const microsoft = 'com.microsoft';

/** Mulberry32: the same inputs in every run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function build(given: RewriteCase, opset: number): { model: Model; feeds: Record<string, Tensor> } {
  const next = random(17);
  const inputs = new Map<Value, ValueType>();
  const initializers = new Map<Value, InlineInitializer>();
  const feeds: Record<string, Tensor> = {};
  const names = given.inputs.map((input, i) => {
    if (input === null) return '';
    const positive = given.operator === 'ReduceLogSum';
    const tensor: Tensor = !Array.isArray(input)
      ? (input as Tensor)
      : {
          type: 'float32',
          dims: input[0],
          data: Float32Array.from(
            { length: input[0].reduce((a: number, b: number) => a * b, 1) },
            () => (next() * 2 - (positive ? 0 : 1)) * (input[1] ?? 1),
          ),
        };
    const name = `input${i}`;
    if (given.constant?.includes(i)) initializers.set(name, tensor as InlineInitializer);
    else {
      const declared = given.declared?.[i];
      inputs.set(
        name,
        declared === 'unknown' ? { type: tensor.type } : { type: tensor.type, dims: declared ?? tensor.dims },
      );
      feeds[name] = tensor;
    }
    return name;
  });
  const outputs = given.names ?? Array.from({ length: given.outputs ?? 1 }, (_, i) => `output${i}`);
  const { operator: opType, domain = '', attributes = {} } = given;
  const types: Record<string, DataType[]> = {
    Dropout: ['float32', 'bool'],
    TopK: ['float32', 'int64'],
    Cast: ['int64'],
    EmbedLayerNormalization: ['float32', 'int32'],
  };
  const model: Model = {
    irVersion: 8,
    opsets: new Map(
      domain === ''
        ? [['', opset]]
        : [
            ['', opset],
            [domain, 1],
          ],
    ),
    producer: 'test',
    metadata: new Map(),
    graph: {
      name: 'test',
      nodes: [{ opType, domain, name: 'node', inputs: names, outputs, attributes }],
      inputs,
      outputs: new Map(
        outputs
          .slice(0, given.fetched)
          .map((name, i): [Value, ValueType] => [name, { type: types[opType]?.[i] ?? 'float32' }])
          .filter(([name]) => name !== ''),
      ),
      initializers,
      valueTypes: new Map(),
    },
  };
  return { model, feeds };
}

/** Every case at every opset of its own gives on onnxruntime what its canonical form gives. */
export const checkRewrites = (cases: readonly RewriteCase[]): void => {
  describe.each(cases)('$domain $operator $name', (given) => {
    test.each(given.opsets ?? [])('opset %i gives the same in canonical form', async (opset) => {
      const { model, feeds } = build(given, opset);
      const canonical = canonicalize(model);
      checkModel(canonical);
      expect(canonical.opsets.get('')).toBe(given.operator === 'RMSNormalization' ? 23 : 21);
      if (given.domain === microsoft && given.operator !== 'FusedMatMul') {
        expect(canonical.graph.nodes.map(({ domain }) => domain)).not.toContain(microsoft);
      }
      for (const operator of given.gone ?? []) {
        expect(canonical.graph.nodes.map(({ opType }) => opType)).not.toContain(operator);
      }
      const expected = await runModel(encodeModel(model), feeds);
      const actual = await runModel(encodeModel(canonical), feeds);
      for (const [name, tensor] of Object.entries(expected)) {
        expect(actual[name]!.dims, name).toEqual(tensor.dims);
        const wanted = Array.from(tensor.data as ArrayLike<number | bigint>, Number);
        const got = Array.from(actual[name]!.data as ArrayLike<number | bigint>, Number);
        const worst = Math.max(
          ...wanted.map((value, i) => Math.abs(value - got[i]!) / (1 + Math.abs(value))),
          0,
        );
        expect(worst, name).toBeLessThan(2e-6);
      }
    });
  });
};
