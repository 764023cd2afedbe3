import { mkdir, mkdtemp, readdir, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvalidArgumentError, InvalidModelError, NotWritableError } from '@entrgi/core';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { encodeModel, GraphBuilder, type Model } from '../index.js';
import { checkExternalFiles, readExternalLocations, readModelFile, writeModelFile } from '../node.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'entrgi-onnx-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** y = x + w, where w lies four bytes into a file. */
function external(location = 'weights.bin'): Model {
  const g = new GraphBuilder();
  const x = g.input('x', 'float32', [3]);
  const w = g.initializer('w', { type: 'float32', dims: [3], external: { location, offset: 4, length: 12 } });
  g.output(g.Add(x, w), 'y');
  return g.model();
}

const weights = (path: string) => writeFile(path, new Uint8Array(Float32Array.of(9, 1, 2, 3).buffer));

test('a written model is read back and runs, its data where it was', async () => {
  await weights(join(folder, 'weights.bin'));
  const path = join(folder, 'model.onnx');
  await writeModelFile(path, external());
  expect(await readModelFile(path)).toEqual(external());
  expect(await readdir(folder)).toEqual(['model.onnx', 'weights.bin']);
  const session = await InferenceSession.create(path);
  const { y } = await session.run({ x: new Tensor('float32', Float32Array.of(10, 20, 30)) });
  expect(y!.data).toEqual(Float32Array.of(11, 22, 33));
  await session.release();
});

test('missing, short and strange external data is refused, and nothing is written', async () => {
  const path = join(folder, 'model.onnx');
  await expect(writeModelFile(path, external())).rejects.toThrow(InvalidModelError);
  await weights(join(folder, 'weights.bin'));
  await truncate(join(folder, 'weights.bin'), 15);
  await expect(writeModelFile(path, external())).rejects.toThrow(/at least 16 bytes, got 15/);
  await mkdir(join(folder, 'directory'));
  await expect(writeModelFile(path, external('directory'))).rejects.toThrow(/to be a file/);
  expect(await readdir(folder)).toEqual(['directory', 'weights.bin']);
});

test('links may lead inside the folder, not out of it', async () => {
  const inside = join(folder, 'inside');
  await mkdir(inside);
  await weights(join(folder, 'outside.bin'));
  await symlink('../outside.bin', join(inside, 'weights.bin'));
  await symlink('..', join(inside, 'up'));
  const path = join(inside, 'model.onnx');
  await expect(writeModelFile(path, external())).rejects.toThrow(/leaves the folder/);
  await expect(writeModelFile(path, external('up/outside.bin'))).rejects.toThrow(/leaves the folder/);
  await weights(join(inside, 'real.bin'));
  await symlink('real.bin', join(inside, 'link.bin'));
  await writeModelFile(path, external('link.bin'));
  expect((await readModelFile(path)).graph.initializers.get('w')!.external!.location).toBe('link.bin');
});

test('a model says where its data is, wherever that may be', async () => {
  const path = join(folder, 'model.onnx');
  const inside = join(folder, 'inside');
  await mkdir(inside);
  await weights(join(inside, 'weights.bin'));
  await writeFile(path, encodeModel(external()));
  expect(await readExternalLocations(path)).toEqual(['weights.bin']);
  await expect(readModelFile(path)).rejects.toThrow('external data weights.bin cannot be read');
  const model = await readModelFile(path, { checkExternal: false });
  expect(model).toEqual(external());
  await checkExternalFiles(model, inside);
  const text = Buffer.from(encodeModel(external('up/secret.bin')));
  text.write('../secret.bin', text.indexOf('up/secret.bin'));
  await writeFile(path, text);
  await expect(readExternalLocations(path)).rejects.toThrow("expected a path inside the folder, got '..'");
  await writeFile(path, 'text');
  await expect(readExternalLocations(path)).rejects.toThrow(InvalidModelError);
});

test('paths that cannot be read are wrong arguments, those that cannot be written have an error of their own', async () => {
  await expect(readModelFile(join(folder, 'nothing.onnx'))).rejects.toThrow(InvalidArgumentError);
  await expect(readModelFile(folder)).rejects.toThrow(InvalidArgumentError);
  await weights(join(folder, 'weights.bin'));
  await mkdir(join(folder, 'model.onnx'));
  await expect(writeModelFile(join(folder, 'model.onnx'), external())).rejects.toThrow(NotWritableError);
  expect(await readdir(folder)).toEqual(['model.onnx', 'weights.bin']);
});
