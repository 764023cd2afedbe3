import { fromBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ModelProtoSchema } from '../generated/onnx_pb.js';
import { encodeModel, GraphBuilder } from '../index.js';
import { parseModel } from './parse-model.js';

/** Has a field of most kinds. */
const bytes = (() => {
  const g = new GraphBuilder();
  const x = g.input('x', 'float32', ['batch', 4]);
  const w = g.initializer('w', { type: 'float32', dims: [4, 3], data: new Float32Array(12).fill(0.5) });
  const far = { location: 'a/weights.bin', offset: 8, length: 12 };
  const y = g.Add(g.MatMul(x, w), g.initializer('far', { type: 'float32', dims: [3], external: far }));
  g.output(g.Softmax(g.ReduceSum(y, [-1]), -1), 'y');
  return encodeModel(g.model());
})();

/** What protobuf itself reads by the generated messages, without what it adds: names of types, and prototypes. */
const byProtobuf = (input: Uint8Array): unknown => {
  try {
    return plain(fromBinary(ModelProtoSchema, input, { readUnknownFields: false, recursionLimit: 32 }));
  } catch {
    return 'refused';
  }
};

const ours = (input: Uint8Array): unknown => {
  try {
    return plain(parseModel(input));
  } catch {
    return 'refused';
  }
};

const plain = (message: unknown): unknown => {
  if (typeof message !== 'object' || message === null) return message;
  if (message instanceof Uint8Array) return `bytes ${Buffer.from(message).toString('hex')}`;
  if (Array.isArray(message)) return message.map(plain);
  const entries: [string, unknown][] = [];
  // Defaults lie in prototypes.
  for (const key in message) {
    const value = plain((message as Record<string, unknown>)[key]);
    if (key !== '$typeName' && value !== undefined) entries.push([key, value]);
  }
  return Object.fromEntries(entries);
};

test('reads what protobuf reads', () => {
  expect(ours(bytes)).toEqual(byProtobuf(bytes));
  // Twice the same: lists are appended and messages merged.
  expect(ours(Buffer.concat([bytes, bytes]))).toEqual(byProtobuf(Buffer.concat([bytes, bytes])));
});

test('reads damaged bytes as protobuf does, or refuses them as it does', () => {
  const change = fc.record({ at: fc.nat(bytes.length - 1), byte: fc.nat(255), isCut: fc.boolean() });
  let refused = 0;
  const runs = process.env.ENTRGI_SLOW === '1' ? 100_000 : 500;
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
      let damaged = Uint8Array.from(bytes);
      for (const { at, byte, isCut } of changes) {
        if (isCut) damaged = Uint8Array.from([...damaged.subarray(0, at), ...damaged.subarray(at + 1)]);
        else damaged[Math.min(at, damaged.length - 1)] = byte;
      }
      const read = ours(damaged);
      if (read === 'refused') refused += 1;
      expect(JSON.stringify(read, shown)).toBe(JSON.stringify(byProtobuf(damaged), shown));
    }),
    { numRuns: runs },
  );
  expect(refused).toBeGreaterThan(runs / 20);
  expect(refused).toBeLessThan(runs * 0.95);
}, 600_000);

const shown = (_: string, value: unknown): unknown => {
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
};
