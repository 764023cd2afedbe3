import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import type { DataType } from '@entrgi/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ModelProtoSchema, type TensorProto } from './generated/onnx_pb.js';
import { decodeModel, encodeModel } from './index.js';
import type {
  Attribute,
  Dimension,
  Initializer,
  InlineInitializer,
  Model,
  ValueType,
} from './model/model.js';

const float32 = fc.float({ noNaN: true });
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });

/** One arbitrary tensor per element type, of a shape with up to three axes. */
const tensor: fc.Arbitrary<InlineInitializer> = fc.array(fc.nat(3), { maxLength: 3 }).chain((dims) => {
  const length = dims.reduce((total, size) => total * size, 1);
  const of = <T>(element: fc.Arbitrary<T>, count = length) =>
    fc.array(element, { minLength: count, maxLength: count });
  const make = <T>(type: DataType, element: fc.Arbitrary<T>, from: (data: T[]) => unknown, count = length) =>
    of(element, count).map((data) => ({ type, dims, data: from(data) }) as InlineInitializer);
  return fc.oneof(
    make('float32', float32, (data) => Float32Array.from(data)),
    make('float64', fc.double({ noNaN: true }), (data) => Float64Array.from(data)),
    make('float16', fc.nat(65535), (data) => Uint16Array.from(data)),
    make('bfloat16', fc.nat(65535), (data) => Uint16Array.from(data)),
    make('int64', int64, (data) => BigInt64Array.from(data)),
    make('uint64', fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (data) => BigUint64Array.from(data)),
    make('int32', fc.integer(), (data) => Int32Array.from(data)),
    make('uint32', fc.nat(), (data) => Uint32Array.from(data)),
    make('int16', fc.integer({ min: -32768, max: 32767 }), (data) => Int16Array.from(data)),
    make('uint16', fc.nat(65535), (data) => Uint16Array.from(data)),
    make('int8', fc.integer({ min: -128, max: 127 }), (data) => Int8Array.from(data)),
    make('uint8', fc.nat(255), (data) => Uint8Array.from(data)),
    make('bool', fc.nat(1), (data) => Uint8Array.from(data)),
    make('int4', fc.nat(255), (data) => Uint8Array.from(data), Math.ceil(length / 2)),
    make('uint4', fc.nat(255), (data) => Uint8Array.from(data), Math.ceil(length / 2)),
    make('string', fc.string({ unit: 'grapheme' }), (data) => data),
  );
});

const external: fc.Arbitrary<Initializer> = fc
  .record({ size: fc.nat(9), offset: fc.nat() })
  .map(({ size, offset }) => ({
    type: 'bfloat16' as const,
    dims: [size],
    external: { location: 'folder/weights.safetensors', offset, length: 2 * size },
  }));

const integer = fc.maxSafeInteger();
const attribute: fc.Arbitrary<Attribute> = fc.oneof(
  integer.map((value): Attribute => ({ kind: 'int', value })),
  float32.map((value): Attribute => ({ kind: 'float', value })),
  fc.string({ unit: 'grapheme' }).map((value): Attribute => ({ kind: 'string', value })),
  fc.array(integer).map((value): Attribute => ({ kind: 'ints', value })),
  fc.array(float32).map((value): Attribute => ({ kind: 'floats', value })),
  fc.array(fc.string()).map((value): Attribute => ({ kind: 'strings', value })),
  tensor.map((value): Attribute => ({ kind: 'tensor', value })),
);

const dimension: fc.Arbitrary<Dimension> = fc.oneof(
  fc.nat(9),
  fc.constantFrom('batch', 'sequence'),
  fc.constant(null),
);
const valueType: fc.Arbitrary<ValueType> = fc.oneof(
  fc.record({
    type: fc.constantFrom<DataType>('float32', 'bool', 'string', 'int4'),
    dims: fc.array(dimension, { maxLength: 4 }),
  }),
  fc.record({ type: fc.constantFrom<DataType>('float64', 'int64') }),
);

const model: fc.Arbitrary<Model> = fc
  .record({
    input: valueType,
    output: valueType,
    weights: fc.array(fc.oneof(tensor, external), { maxLength: 4 }),
    attributes: fc.dictionary(fc.string({ minLength: 1 }), attribute, { maxKeys: 4 }),
    metadata: fc.dictionary(fc.string(), fc.string(), { maxKeys: 3 }),
    opset: fc.integer({ min: 11, max: 23 }),
    name: fc.string(),
  })
  .map(({ input, output, weights, attributes, metadata, opset, name }) => ({
    irVersion: 8,
    opsets: new Map([
      ['', opset],
      ['custom', 3],
    ]),
    producer: name,
    metadata: new Map(Object.entries(metadata)),
    graph: {
      name,
      // An operator of no known meaning, so that any attribute and any type will do.
      nodes: [
        {
          opType: 'Anything',
          domain: 'custom',
          name,
          inputs: ['x', '', 'weight0'].slice(0, weights.length ? 3 : 1),
          outputs: ['h', ''],
          attributes: { ...attributes },
        },
        { opType: 'Anything', domain: 'custom', name, inputs: ['h'], outputs: ['y'], attributes: {} },
      ],
      inputs: new Map([['x', input]]),
      outputs: new Map([['y', output]]),
      initializers: new Map(weights.map((weight, i) => [`weight${i}`, weight])),
      valueTypes: new Map([['h', output]]),
    },
  }));

test('decoding what was encoded gives it back, and encoding that gives the same bytes', () => {
  fc.assert(
    fc.property(model, (original) => {
      const bytes = encodeModel(original);
      const again = decodeModel(bytes);
      expect(again).toEqual(original);
      expect(encodeModel(again)).toEqual(bytes);
      // The messages of the format, as protobuf itself reads and writes them.
      const rewritten = toBinary(ModelProtoSchema, fromBinary(ModelProtoSchema, bytes));
      expect(Buffer.compare(rewritten, bytes)).toBe(0);
    }),
    { numRuns: process.env.ENTRGI_SLOW === '1' ? 20_000 : 300 },
  );
}, 900_000);

const decodeTensor = (proto: Partial<TensorProto>): InlineInitializer => {
  const bytes = toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: 8n,
      opsetImport: [{ domain: '', version: 17n }],
      graph: {
        initializer: [{ name: 'w', ...(proto as object) }],
        output: [{ name: 'w', type: { value: { case: 'tensorType', value: { elemType: 1 } } } }],
      },
    }),
  );
  return decodeModel(bytes).graph.initializers.get('w') as InlineInitializer;
};

test.each([
  ['float32', { dataType: 1, floatData: [1.5, -2] }, Float32Array.of(1.5, -2)],
  ['float64', { dataType: 11, doubleData: [1.5, -2] }, Float64Array.of(1.5, -2)],
  ['int64', { dataType: 7, int64Data: [-1n, 2n ** 62n] }, BigInt64Array.of(-1n, 2n ** 62n)],
  ['uint64', { dataType: 13, uint64Data: [1n, 2n ** 63n] }, BigUint64Array.of(1n, 2n ** 63n)],
  ['uint32', { dataType: 12, uint64Data: [1n, 4294967295n] }, Uint32Array.of(1, 4294967295)],
  ['int32', { dataType: 6, int32Data: [-1, 2] }, Int32Array.of(-1, 2)],
  ['int16', { dataType: 5, int32Data: [-32768, 2] }, Int16Array.of(-32768, 2)],
  ['int8', { dataType: 3, int32Data: [-128, 2] }, Int8Array.of(-128, 2)],
  ['uint16', { dataType: 4, int32Data: [65535, 2] }, Uint16Array.of(65535, 2)],
  ['uint8', { dataType: 2, int32Data: [255, 2] }, Uint8Array.of(255, 2)],
  ['bool', { dataType: 9, int32Data: [1, 0] }, Uint8Array.of(1, 0)],
  ['float16', { dataType: 10, int32Data: [0x3c00, 0xfbff] }, Uint16Array.of(0x3c00, 0xfbff)],
  ['bfloat16', { dataType: 16, int32Data: [0x3f80, 0xffff] }, Uint16Array.of(0x3f80, 0xffff)],
  ['int4', { dataType: 22, int32Data: [0x21] }, Uint8Array.of(0x21)],
  ['uint4', { dataType: 21, int32Data: [0xf0] }, Uint8Array.of(0xf0)],
  ['string', { dataType: 8, stringData: [new Uint8Array([0xc3, 0xa4]), new Uint8Array()] }, ['ä', '']],
])('typed data of %s is read', (type, proto, data) => {
  expect(decodeTensor({ dims: [2n], ...proto })).toEqual({ type, dims: [2], data });
});

test('a missing length of external data is what the shape takes', () => {
  const pairs = { location: 'w.bin', offset: '16' };
  const tensor = decodeTensor({
    dims: [3n],
    dataType: 1,
    dataLocation: 1,
    externalData: Object.entries(pairs).map(([key, value]) => ({
      $typeName: 'entrgi.onnx.StringStringEntryProto',
      key,
      value,
    })),
  });
  expect(tensor.external).toEqual({ location: 'w.bin', offset: 16, length: 12 });
});
