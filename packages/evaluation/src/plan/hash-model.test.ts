import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { fixture } from '../../../models/fixtures/fixture.js';
import { hashModel } from './hash-model.js';

test('a model is what its files hold, wherever they lie, and which ONNX file of them is meant', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'entrgi-hash-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await cp(fixture('bert-reward'), folder, { recursive: true });
  const { hash, bytes } = await hashModel(folder);
  expect(await hashModel(fixture('bert-reward'))).toEqual({ hash, bytes });
  const named = await Promise.all(['a.onnx', 'b.onnx'].map((file) => hashModel(folder, file)));
  expect(new Set([hash, ...named.map((each) => each.hash)]).size).toBe(3);
  await writeFile(join(folder, 'config.json'), '{}');
  expect((await hashModel(folder)).hash).not.toBe(hash);
});
