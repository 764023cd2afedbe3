import { cp, mkdir, mkdtemp, readFile, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeBackend } from '@entrgi/backend-node';
import { CheckpointError } from '@entrgi/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { alteredFixture } from '../../fixtures/altered-fixture.js';
import { fixture, fixtureNumbers, relativeError } from '../../fixtures/fixture.js';
import { loadDenoiser } from '../load-denoiser.js';
import { readCheckpoint } from './checkpoint.js';

const shard = (i: number) => `model-0000${i}-of-00003.safetensors`;
const indexFile = 'model.safetensors.index.json';

const refuses = async (directory: string, ...messages: string[]) => {
  const failure = readCheckpoint(directory);
  await expect(failure).rejects.toThrow(CheckpointError);
  for (const message of messages) await expect(failure).rejects.toThrow(message);
};

describe('readCheckpoint', () => {
  it('says where every tensor lies', async () => {
    const { name, folder, tensors, config } = await readCheckpoint(fixture('dream'));
    expect(name).toBe('dream');
    expect(folder).toBe(await realpath(fixture('dream')));
    expect(config.count('hidden_size')).toBe(24);
    expect(tensors.get('model.norm.weight')).toMatchObject({
      type: 'float32',
      dims: [24],
      file: 'model.safetensors',
      length: 96,
    });
    const sharded = await readCheckpoint(`${fixture('dream-sharded')}/`);
    expect(sharded.name).toBe('dream-sharded');
    expect(new Set([...sharded.tensors.values()].map(({ file }) => file))).toEqual(
      new Set([1, 2, 3].map(shard)),
    );
    expect([...sharded.tensors.keys()].sort()).toEqual([...tensors.keys()].sort());
  });

  it('takes weights by the name that a conversion gives them, after the usual ones', async () => {
    const converted = 'pytorch_model.safetensors';
    const bytes = await readFile(join(fixture('dream'), 'model.safetensors'));
    const directory = await alteredFixture('dream', { 'model.safetensors': null, [converted]: bytes });
    const { tensors } = await readCheckpoint(directory);
    expect(new Set([...tensors.values()].map(({ file }) => file))).toEqual(new Set([converted]));
    const both = await readCheckpoint(await alteredFixture('dream', { [converted]: 'no weights' }));
    expect([...both.tensors.keys()].sort()).toEqual([...tensors.keys()].sort());
  });

  it('refuses a folder that is not there, and one without weights', async () => {
    await refuses(`${fixture('dream')}/nothing`, 'there is no config.json');
    await refuses(`${fixture('dream')}/config.json`, 'there is no config.json');
    await refuses(await alteredFixture('dream', { 'model.safetensors': null }), 'neither model.safetensors');
  });

  it.each<[string, string, string | ((json: Record<string, unknown>) => unknown)]>([
    ['is not JSON', 'not JSON', '{"a":'],
    ['is a list', 'expected a JSON object', '[]'],
    ['names a key twice', 'twice', '{"a":1,"a":2}'],
    ['is not UTF-8', 'UTF-8', '\ud800'],
  ])('refuses a config.json that %s', async (_, message, content) => {
    const bytes = content === '\ud800' ? Uint8Array.of(0xff) : content;
    await refuses(await alteredFixture('dream', { 'config.json': bytes }), 'config.json: ', message);
  });

  it('refuses a directory where a file should be', async () => {
    const directory = await alteredFixture('dream', { 'model.safetensors': null });
    await mkdir(join(directory, 'model.safetensors'));
    await refuses(directory, 'model.safetensors: expected a file');
  });

  it.each([
    '../model.safetensors',
    '/etc/x.safetensors',
    'a/b.safetensors',
    'a\\b.safetensors',
    '..',
    'x.bin',
    '',
    7,
    '.hidden.safetensors',
  ])('refuses the shard name %j', async (name) => {
    const directory = await alteredFixture('dream-sharded', {
      [indexFile]: (json) => {
        json.weight_map['model.norm.weight'] = name;
      },
    });
    await refuses(
      directory,
      'model.norm.weight: expected the name of a .safetensors file in the same folder',
    );
  });

  it('refuses a missing shard, but takes the tensors from wherever they are', async () => {
    await refuses(await alteredFixture('dream-sharded', { [shard(2)]: null }), `there is no ${shard(2)}`);
    const moved = await alteredFixture('dream-sharded', {
      [indexFile]: (json) => {
        json.weight_map['model.norm.weight'] = shard(1);
        json.weight_map['lm_head.weight'] = shard(1);
        return json;
      },
    });
    const { tensors } = await readCheckpoint(fixture('dream-sharded'));
    expect((await readCheckpoint(moved)).tensors).toEqual(tensors);
    await refuses(await alteredFixture('dream-sharded', { [indexFile]: '{"weight_map":{}}' }), 'weight_map');
    await refuses(await alteredFixture('dream-sharded', { [indexFile]: '{"weight_map":[]}' }), 'weight_map');
  });

  it('refuses links that leave the folder', async () => {
    const directory = await alteredFixture('dream');
    await rename(join(directory, 'model.safetensors'), join(directory, '..', 'elsewhere.safetensors'));
    await symlink('../elsewhere.safetensors', join(directory, 'model.safetensors'));
    await refuses(directory, 'links that leave the folder');
  });

  it('loads from a Hugging Face cache, where files are links into blobs', async () => {
    const root = await mkdtemp(join(tmpdir(), 'entrgi-cache-'));
    onTestFinished(() => rm(root, { recursive: true, force: true }));
    const snapshot = join(root, 'models--a--b', 'snapshots', '0123');
    await cp(fixture('dream'), snapshot, { recursive: true });
    await mkdir(join(root, 'models--a--b', 'blobs'));
    await rename(join(snapshot, 'model.safetensors'), join(root, 'models--a--b', 'blobs', 'abcd'));
    await symlink('../../blobs/abcd', join(snapshot, 'model.safetensors'));

    const backend = nodeBackend({ threads: 1 });
    onTestFinished(() => backend.dispose());
    const denoiser = await loadDenoiser(snapshot, { backend });
    const { tokenIds, positions, logits } = (await fixtureNumbers('dream')).denoiser!;
    const actual = await denoiser.logits({
      tokenIds: Int32Array.from(tokenIds.data),
      batch: 2,
      length: 9,
      positions: Int32Array.from(positions),
    });
    expect(relativeError(actual, logits.data)).toBeLessThan(1e-4);
  });

  it('refuses a file of another kind under the name', async () => {
    const directory = await alteredFixture('dream');
    await writeFile(join(directory, 'model.safetensors'), 'version https://git-lfs.github.com/spec/v1\n');
    await refuses(directory, 'model.safetensors: ', 'Download the file again.');
  });
});

describe('names of old', () => {
  const renamed = async (rename: (header: Record<string, unknown>) => void) => {
    const bytes = await readFile(`${fixture('bert-fill')}/model.safetensors`);
    const start = 8 + Number(bytes.readBigUInt64LE(0));
    const header = JSON.parse(bytes.toString('utf8', 8, start)) as Record<string, unknown>;
    rename(header);
    const text = Buffer.from(JSON.stringify(header));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(text.length));
    const file = new Uint8Array(Buffer.concat([length, text, bytes.subarray(start)]));
    return alteredFixture('bert-fill', { 'model.safetensors': file });
  };
  const move = (header: Record<string, unknown>, from: string, to: string) => {
    header[to] = header[from];
    delete header[from];
  };

  it('reads gamma and beta of a layer norm as weight and bias', async () => {
    const directory = await renamed((header) => {
      for (const name of Object.keys(header)) {
        if (name.endsWith('LayerNorm.weight')) move(header, name, name.replace('weight', 'gamma'));
        if (name.endsWith('LayerNorm.bias')) move(header, name, name.replace('bias', 'beta'));
      }
    });
    const { tensors } = await readCheckpoint(directory);
    expect([...tensors.keys()].sort()).toEqual(
      [...(await readCheckpoint(fixture('bert-fill'))).tensors.keys()].sort(),
    );
  });

  it('refuses a tensor under both names', async () => {
    const norm = 'bert.embeddings.LayerNorm';
    const directory = await renamed((header) => move(header, `${norm}.bias`, `${norm}.gamma`));
    await expect(readCheckpoint(directory)).rejects.toThrow(`${norm}.weight is there twice, once as`);
  });
});
