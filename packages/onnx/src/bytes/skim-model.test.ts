import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { InvalidModelError } from '@entrgi/core';
import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../build/graph-builder.js';
import type { Initializer } from '../model/model.js';
import { decodeModel } from './decode-model.js';
import { encodeModel } from './encode-model.js';
import { skimModel } from './skim-model.js';

const exported = (name: string) => fileURLToPath(new URL(`../../../${name}`, import.meta.url));
const models = ['models/fixtures/bert-fill.onnx', 'rewards/fixtures/bert-reward.onnx'];

/** Bytes, and how many of them were asked for. */
const counted = (bytes: Uint8Array) => {
  const source = {
    size: bytes.length,
    asked: 0,
    async read(offset: number, length: number) {
      source.asked += length;
      return bytes.slice(offset, offset + length);
    },
  };
  return source;
};

/** The bytes of an initializer as they lie in memory. */
const bytesOf = ({ data }: Initializer & { data?: unknown }) => {
  const { buffer, byteOffset, byteLength } = data as Float32Array;
  return Buffer.from(buffer, byteOffset, byteLength);
};

describe.each(models)('%s, skimmed', (name) => {
  it('is the same model, with its weights where they lie in the file', async () => {
    const bytes = await readFile(exported(name));
    const [whole, skimmed] = [decodeModel(bytes), decodeModel(await skimModel(counted(bytes), 'self'))];
    expect({ ...skimmed, graph: { ...skimmed.graph, initializers: [] } }).toEqual({
      ...whole,
      graph: { ...whole.graph, initializers: [] },
    });
    expect([...skimmed.graph.initializers.keys()]).toEqual([...whole.graph.initializers.keys()]);
    let moved = 0;
    for (const [each, initializer] of skimmed.graph.initializers) {
      const own = whole.graph.initializers.get(each)!;
      const { external } = initializer;
      if (external === undefined) {
        expect(initializer).toEqual(own);
        continue;
      }
      moved += 1;
      expect([external.location, initializer.type, initializer.dims]).toEqual(['self', own.type, own.dims]);
      const { offset, length } = external;
      expect(Buffer.from(bytes.subarray(offset, offset + length)).equals(bytesOf(own))).toBe(true);
    }
    expect(moved).toBeGreaterThan(5);
  });
});

it('reads little of a model that is mostly weights', async () => {
  const g = new GraphBuilder();
  const w = g.initializer('w', { type: 'float32', dims: [5_000_000], data: new Float32Array(5_000_000) });
  g.output(g.Identity(w), 'y');
  const source = counted(encodeModel(g.model()));
  const { initializers } = decodeModel(await skimModel(source, 'self')).graph;
  expect(initializers.get('w')).toMatchObject({ external: { location: 'self', length: 20_000_000 } });
  expect(source.asked).toBeLessThan(50_000);
});

it.each([
  ['ends early', (bytes: Buffer) => bytes.subarray(0, bytes.length - 9)],
  ['is text', () => Buffer.from('not a model at all')],
])('is no model where it %s', async (_, change) => {
  const bytes = change(await readFile(exported(models[0]!)));
  await expect(skimModel(counted(bytes), 'self')).rejects.toThrow(InvalidModelError);
});
