import { InvalidArgumentError } from '@entrgi/core';
import type { Model } from '@entrgi/onnx';
import { expect, test } from 'vitest';
import { moveExternalData } from './move-external-data.js';

const model = (location: string): Model => ({
  irVersion: 10,
  opsets: new Map([['', 21]]),
  producer: 'test',
  metadata: new Map(),
  graph: {
    name: 'main',
    nodes: [],
    inputs: new Map(),
    outputs: new Map(),
    initializers: new Map([
      ['small', { type: 'float32', dims: [1], data: new Float32Array([1]) }],
      ['large', { type: 'float32', dims: [2], external: { location, offset: 64, length: 8 } }],
    ]),
    valueTypes: new Map(),
  },
});

const locationAfter = (location: string, from: string, to: string) =>
  moveExternalData(model(location), from, to).graph.initializers.get('large')!.external!;

test('in the same folder nothing changes', () => {
  expect(moveExternalData(model('weights.bin'), '/m', '/m')).toEqual(model('weights.bin'));
});

test('from a folder above, the location leads down', () => {
  expect(locationAfter('data/weights.bin', '/a/m', '/a')).toEqual({
    location: 'm/data/weights.bin',
    offset: 64,
    length: 8,
  });
});

test('from the folder of the data, the location loses that folder', () => {
  expect(locationAfter('data/weights.bin', '/a/m', '/a/m/data').location).toBe('weights.bin');
});

test('a name that begins with dots is no way out', () => {
  expect(locationAfter('..weights', '/m', '/m').location).toBe('..weights');
});

test.each([['/b'], ['/a/m/other'], ['/a/n']])('from %s the data cannot be reached', (to) => {
  const attempt = () => moveExternalData(model('weights.bin'), '/a/m', to);
  expect(attempt).toThrow(InvalidArgumentError);
  expect(attempt).toThrow('Write into /a/m, or into a folder above it.');
});

test('a model without external data goes anywhere', () => {
  const inline = model('weights.bin');
  inline.graph.initializers.delete('large');
  expect(moveExternalData(inline, '/a/m', '/b')).toEqual(inline);
});
