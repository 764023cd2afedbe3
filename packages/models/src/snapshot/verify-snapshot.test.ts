import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CheckpointError } from '@entrgi/core';
import { expect, it, onTestFinished } from 'vitest';
import { fixture } from '../../fixtures/fixture.js';
import { inspectCheckpoint } from '../inspect-checkpoint.js';
import { verifySnapshot } from './verify-snapshot.js';

/** A fixture as the hub's tools keep a model: links to blobs that are called by their hashes. */
const cached = async () => {
  const root = await mkdtemp(join(tmpdir(), 'entrgi-verify-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const model = join(root, 'models--a--b');
  const snapshot = join(model, 'snapshots', '0123');
  await cp(fixture('bert-reward'), snapshot, { recursive: true });
  await mkdir(join(model, 'blobs'));
  const blobs = new Map<string, string>();
  for (const file of await readdir(snapshot)) {
    const bytes = await readFile(join(snapshot, file));
    const git = createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes);
    const sha256 = createHash('sha256').update(bytes);
    const hash = (file.endsWith('.safetensors') ? sha256 : git).digest('hex');
    blobs.set(file, join(model, 'blobs', hash));
    await rename(join(snapshot, file), blobs.get(file)!);
    await symlink(`../../blobs/${hash}`, join(snapshot, file));
  }
  return { snapshot, blobs };
};

it.each(['model.safetensors', 'config.json', 'tokenizer.json'])(
  'finds that %s is not what the hub has',
  async (file) => {
    const { snapshot, blobs } = await cached();
    await verifySnapshot(snapshot, { verify: true });
    expect((await inspectCheckpoint(snapshot)).name).toBe('b');
    const bytes = await readFile(blobs.get(file)!);
    bytes[bytes.length - 2]! ^= 1;
    await writeFile(blobs.get(file)!, bytes);
    for (const verify of [true, false]) {
      const failure = verifySnapshot(snapshot, { verify });
      await expect(failure).rejects.toThrow(CheckpointError);
      await expect(failure).rejects.toThrow(`${file}: it is damaged, or somebody has changed it`);
    }
    await expect(inspectCheckpoint(snapshot)).rejects.toThrow('it is damaged');
  },
);

it('has nothing to say of other folders', async () => {
  await verifySnapshot(fixture('bert-reward'), { verify: true });
  await verifySnapshot('/nowhere/models--a--b/snapshots/1', { verify: true }).catch((error) =>
    expect(error.code).toBe('ENOENT'),
  );
});
