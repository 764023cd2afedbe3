import { readFile } from 'node:fs/promises';
import { CheckpointError } from '@entrgi/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixture } from '../../fixtures/fixture.js';
import type { ByteSource } from '../files/byte-source.js';
import { readSafetensorsHeader } from './safetensors.js';

const bytesSource = (bytes: Uint8Array, size = bytes.length): ByteSource => ({
  size,
  async read(offset, length) {
    if (offset < 0 || offset + length > bytes.length) throw new RangeError('read outside the file');
    return bytes.subarray(offset, offset + length);
  },
});

const file = (header: string | object, dataLength: number, declared?: bigint): Uint8Array => {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + dataLength);
  new DataView(bytes.buffer).setBigUint64(0, declared ?? BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
};
const read = (bytes: Uint8Array) => readSafetensorsHeader(bytesSource(bytes), 'x.safetensors');
const tensor = (dtype: unknown, shape: unknown, data_offsets: unknown) => ({ dtype, shape, data_offsets });

describe('readSafetensorsHeader', () => {
  it('reads names, types, shapes and places', async () => {
    const header = {
      __metadata__: { format: 'pt' },
      b: tensor('F32', [2, 1], [3, 11]),
      a: tensor('I8', [3], [0, 3]),
      empty: tensor('BF16', [0, 4], [3, 3]),
      scalar: tensor('F64', [], [11, 19]),
    };
    const start = 8 + JSON.stringify(header).length;
    expect(Object.fromEntries(await read(file(header, 19)))).toEqual({
      b: { type: 'float32', dims: [2, 1], offset: start + 3, length: 8 },
      a: { type: 'int8', dims: [3], offset: start, length: 3 },
      empty: { type: 'bfloat16', dims: [0, 4], offset: start + 3, length: 0 },
      scalar: { type: 'float64', dims: [], offset: start + 11, length: 8 },
    });
  });

  it('allows spaces after the header, and names like __proto__', async () => {
    const entries = await read(file('{"__proto__":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}   ', 1));
    expect([...entries.keys()]).toEqual(['__proto__']);
  });

  const good = tensor('F32', [2], [0, 8]);
  it.each<[string, string, Uint8Array]>([
    ['an empty file', 'at least 8 bytes', new Uint8Array(0)],
    ['a header longer than the file', 'but the file ends after', file({ a: good }, 8, 1000n)],
    ['an absurd header length', 'at most 100 MB', file({ a: good }, 8, 2n ** 64n - 1n)],
    ['a header length of 0', "begins with '{'", file('', 0)],
    ['a header that is a list', "begins with '{'", file('[]', 0)],
    ['a header with leading space', "begins with '{'", file(' {}', 0)],
    ['a header that is no JSON', 'not JSON', file('{"a":', 0)],
    ['text after the header', 'not JSON', file('{}{}', 0)],
    ['bad UTF-8', 'not JSON', file('{"é":1}', 0).map((byte) => (byte === 0xa9 ? 0x29 : byte))],
    [
      'a name given twice',
      'twice',
      file(`{"a":${JSON.stringify(good)},"\\u0061":${JSON.stringify(good)}}`, 8),
    ],
    [
      'a key given twice in a tensor',
      'twice',
      file('{"a":{"dtype":"U8","dtype":"I8","shape":[1],"data_offsets":[0,1]}}', 1),
    ],
    ['metadata that is no text', '__metadata__', file({ __metadata__: { a: 1 } }, 0)],
    ['a tensor that is no object', 'expected an object', file({ a: 1 }, 0)],
    ['a tensor that is null', 'expected an object', file({ a: null }, 0)],
    ['an unknown dtype', 'expected a dtype', file({ a: tensor('F33', [2], [0, 8]) }, 8)],
    ['a dtype from the prototype', 'expected a dtype', file({ a: tensor('constructor', [2], [0, 8]) }, 8)],
    ['no dtype', 'expected a dtype', file({ a: tensor(undefined, [2], [0, 8]) }, 8)],
    ['a negative size', 'a shape of whole numbers', file({ a: tensor('F32', [-2], [0, 8]) }, 8)],
    ['a fractional size', 'a shape of whole numbers', file({ a: tensor('F32', [0.5, 4], [0, 8]) }, 8)],
    ['a size that is text', 'a shape of whole numbers', file({ a: tensor('F32', ['2'], [0, 8]) }, 8)],
    ['a size that is NaN', 'a shape of whole numbers', file({ a: tensor('F32', [Number.NaN], [0, 8]) }, 8)],
    ['a size beyond 2^53', 'a shape of whole numbers', file({ a: tensor('F32', [2 ** 60], [0, 8]) }, 8)],
    ['no shape', 'a shape of whole numbers', file({ a: tensor('F32', undefined, [0, 8]) }, 8)],
    ['sizes whose product overflows', 'takes', file({ a: tensor('U8', [2 ** 32, 2 ** 32], [0, 0]) }, 0)],
    ['reversed offsets', 'ascending', file({ a: tensor('F32', [2], [8, 0]) }, 8)],
    ['offsets beyond the file', 'up to 8', file({ a: tensor('F32', [3], [0, 12]) }, 8)],
    ['negative offsets', 'two data_offsets', file({ a: tensor('F32', [2], [-8, 0]) }, 8)],
    ['three offsets', 'two data_offsets', file({ a: tensor('F32', [2], [0, 8, 8]) }, 8)],
    ['a shape that disagrees with its bytes', 'takes 12 bytes', file({ a: tensor('F32', [3], [0, 8]) }, 8)],
    ['overlapping tensors', 'overlaps', file({ a: good, b: tensor('F32', [2], [4, 12]) }, 12)],
    ['the same bytes twice', 'overlaps', file({ a: good, b: good }, 8)],
    ['a hole', '4 bytes before tensor b', file({ a: good, b: tensor('F32', [1], [12, 16]) }, 16)],
    ['bytes before the first tensor', '4 bytes before', file({ a: tensor('F32', [1], [4, 8]) }, 8)],
    ['bytes after the last tensor', '3 bytes after', file({ a: good }, 11)],
  ])('refuses %s', async (_, message, bytes) => {
    const failure = read(bytes);
    await expect(failure).rejects.toThrow(CheckpointError);
    await expect(failure).rejects.toThrow(message);
    await expect(failure).rejects.toThrow(/^x\.safetensors: /);
  });

  it('refuses every truncation of a file', async () => {
    const bytes = new Uint8Array(await readFile(`${fixture('bert-reward')}/model.safetensors`));
    const dataStart = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
    const step = (length: number) => (length < dataStart ? 1 : 997);
    for (let length = 0; length < bytes.length; length += step(length)) {
      await expect(read(bytes.subarray(0, length)), `${length} bytes`).rejects.toThrow(CheckpointError);
    }
    await expect(read(bytes.subarray(0, bytes.length - 1))).rejects.toThrow(CheckpointError);
    expect((await read(bytes)).size).toBeGreaterThan(0);
  });

  it('answers any changed bytes of the header with tensors inside the file or a CheckpointError', async () => {
    const bytes = new Uint8Array(await readFile(`${fixture('dream-bf16')}/model.safetensors`));
    const dataStart = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
    const flip = fc.tuple(fc.nat(dataStart - 1), fc.nat(255));
    const numRuns = process.env.ENTRGI_SLOW === '1' ? 5_000 : 300;
    await fc.assert(
      fc.asyncProperty(fc.array(flip, { minLength: 1, maxLength: 4 }), async (flips) => {
        const changed = bytes.slice();
        for (const [at, byte] of flips) changed[at] = byte;
        const entries = await read(changed).catch((error: unknown) => {
          expect(error).toBeInstanceOf(CheckpointError);
          return new Map();
        });
        for (const { offset, length } of entries.values()) {
          expect(offset).toBeGreaterThanOrEqual(8);
          expect(offset + length).toBeLessThanOrEqual(bytes.length);
        }
      }),
      { numRuns },
    );
  });
});
