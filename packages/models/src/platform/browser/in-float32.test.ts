import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { denoiserDirectory } from '@entrgi/tiny-stories';
import { expect, test } from 'vitest';
import { readCheckpoint } from '../../checkpoint/checkpoint.js';
import { fileFolder } from '../../web/file-folder.js';
import { inFloat32 } from './in-float32.js';

test('presents bfloat16 as the float32 whose upper half it is, once for all sessions', async () => {
  const bytes = readFileSync(join(denoiserDirectory, 'model.safetensors'));
  const config = readFileSync(join(denoiserDirectory, 'config.json'));
  const files = [new File([config], 'config.json'), new File([bytes], 'model.safetensors')];
  const stored = await readCheckpoint(fileFolder(files));
  const presented = inFloat32(stored);
  const { files: external } = await presented.external();
  expect((await presented.external()).files).toBe(external);
  const widened = await (external!.get('model.safetensors') as Blob).arrayBuffer();
  expect([...presented.tensors.keys()]).toEqual([...stored.tensors.keys()]);
  expect([...stored.tensors.values()].some(({ type }) => type === 'bfloat16')).toBe(true);
  let compared = 0;
  for (const [name, { type, dims, offset, length }] of presented.tensors) {
    const from = stored.tensors.get(name)!;
    expect([type, dims]).toEqual(['float32', from.dims]);
    const floats = new DataView(widened, offset, length);
    const factor = from.type === 'bfloat16' ? 2 : 1;
    for (let i = 0; 4 * i < length; i += 97) {
      const expected =
        factor === 2
          ? bytes.readUInt16LE(from.offset + 2 * i) * 2 ** 16
          : bytes.readUInt32LE(from.offset + 4 * i);
      if (floats.getUint32(4 * i, true) !== expected) throw new Error(`${name}[${i}]`);
      compared++;
    }
  }
  expect(compared).toBeGreaterThan(10_000);
});

test('leaves a checkpoint without bfloat16 as it is', async () => {
  const fixture = new URL('../../../fixtures/dream/', import.meta.url);
  const files = ['config.json', 'model.safetensors'].map(
    (name) => new File([readFileSync(new URL(name, fixture))], name),
  );
  const stored = await readCheckpoint(fileFolder(files));
  expect(inFloat32(stored)).toBe(stored);
});
