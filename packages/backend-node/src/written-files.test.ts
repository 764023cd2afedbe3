import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BackendError, InvalidArgumentError } from '@entrgi/core';
import { afterAll, expect, it } from 'vitest';
import { nodeBackend } from './index.js';
import { writtenFiles } from './written-files.js';

const fixture = (name: string) => readFileSync(new URL(`../fixtures/${name}`, import.meta.url));
const parent = mkdtempSync(join(tmpdir(), 'entrgi-test-'));
afterAll(() => rmSync(parent, { recursive: true }));
const weights = fixture('weights.bin');

it.each([
  ['bytes', weights],
  ['a blob', new Blob([weights])],
])('a session takes its weights from %s as from a folder', async (_, data) => {
  const bytes = fixture('affine.onnx');
  const feeds = { x: { type: 'float32', dims: [1, 2], data: Float32Array.of(2, -3) } } as const;
  const backend = nodeBackend({ threads: 1 });
  const onDisk = await backend.createSession({
    bytes,
    folder: new URL('../fixtures', import.meta.url).pathname,
  });
  const inMemory = await backend.createSession({ bytes, files: new Map([['weights.bin', data]]) });
  expect(await inMemory.run(feeds)).toEqual(await onDisk.run(feeds));
  await backend.dispose();
});

it('writes each file once, at its locations, for nobody else to read, and removes them all', async () => {
  const files = writtenFiles(parent);
  const table = new Blob([Uint8Array.of(1, 2, 3)]);
  const one = await files.folderOf(new Map([['onnx/model.onnx_data', table]]));
  const two = await files.folderOf(
    new Map<string, Blob | Uint8Array>([
      ['table', table],
      ['rest', weights],
    ]),
  );
  expect([...readFileSync(join(one, 'onnx/model.onnx_data'))]).toEqual([1, 2, 3]);
  expect(readFileSync(join(two, 'rest'))).toEqual(weights);
  expect(statSync(join(two, 'table')).ino).toBe(statSync(join(one, 'onnx/model.onnx_data')).ino);
  const [home] = readdirSync(parent);
  expect(statSync(join(parent, home!)).mode & 0o077).toBe(0);
  await files.remove();
  expect(readdirSync(parent)).toEqual([]);
});

it('refuses locations outside, and says where there is no room', async () => {
  const files = writtenFiles(parent);
  const leaving = files.folderOf(new Map([['../outside', weights]]));
  await expect(leaving).rejects.toThrow(InvalidArgumentError);
  expect(existsSync(join(parent, 'outside'))).toBe(false);
  await files.remove();

  const nowhere = join(parent, 'none');
  const failed = writtenFiles(nowhere).folderOf(new Map([['weights.bin', weights]]));
  await expect(failed).rejects.toThrow(BackendError);
  await expect(failed).rejects.toThrow(`cannot be written into ${nowhere}`);
});
