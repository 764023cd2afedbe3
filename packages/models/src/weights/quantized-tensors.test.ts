import {
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeBackend } from '@entrgi/backend-node';
import { DiskFullError, NotWritableError, NumericalError, UnsupportedError } from '@entrgi/core';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { fixture } from '../../fixtures/fixture.js';
import { readCheckpoint } from '../checkpoint/checkpoint.js';
import { loadClassifier } from '../load-classifier.js';
import { loadDenoiser } from '../load-denoiser.js';
import { writeQuantizedFile } from './quantized-file.js';
import { quantizedTensors } from './quantized-tensors.js';
import type { QuantizeProgress, WeightOptions } from './weight-options.js';

const backend = nodeBackend({ threads: 1 });
afterAll(() => backend.dispose());

const trained = (name: string) =>
  fileURLToPath(new URL(`../../../tiny-stories/models/${name}`, import.meta.url));

const temporaryFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'entrgi-quantized-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
};

/** A checkpoint that may be changed. */
const copyOfReward = async (): Promise<string> => {
  const directory = join(await temporaryFolder(), 'reward');
  await cp(trained('reward'), directory, { recursive: true });
  return directory;
};

const tileHow = { quantization: { bits: 4, tileRows: 32 }, transposed: true } as const;
const matrix = 'model.layers.0.mlp.up_proj.weight';

/** Of two matrices of the trained reward. */
const quantizeSome = async (
  quantizedDir: string,
  options: WeightOptions = {},
  directory = trained('reward'),
) =>
  quantizedTensors(
    await readCheckpoint(directory),
    [matrix, 'model.layers.0.mlp.down_proj.weight'],
    tileHow,
    {
      quantizedDir,
      ...options,
    },
  );

const logitsOf = async (options: WeightOptions & { readonly int8Activations?: boolean }) => {
  const denoiser = await loadDenoiser(trained('denoiser'), { backend, ...options });
  const prompt = denoiser.encodePrompt('Complete this story: A rabbit');
  const tokenIds = Int32Array.from([...prompt, ...new Array(12).fill(denoiser.vocabulary.maskId)]);
  const positions = Int32Array.from({ length: 12 }, (_, i) => prompt.length + i);
  const logits = await denoiser.logits({ tokenIds, batch: 1, length: tokenIds.length, positions });
  await denoiser.dispose();
  return logits;
};

const cosine = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    ab += a[i]! * b[i]!;
    aa += a[i]! ** 2;
    bb += b[i]! ** 2;
  }
  return ab / Math.sqrt(aa * bb);
};

describe('a quantized denoiser', () => {
  it('gives nearly the logits, the nearer the more bits', async () => {
    const quantizedDir = await temporaryFolder();
    const exact = await logitsOf({});
    const [q8, q4] = [
      await logitsOf({ dtype: 'q8', quantizedDir }),
      await logitsOf({ dtype: 'q4', quantizedDir }),
    ];
    expect(cosine(q8, exact)).toBeGreaterThan(0.9999);
    expect(cosine(q4, exact)).toBeGreaterThan(0.99);
    expect(cosine(q4, exact)).toBeLessThan(cosine(q8, exact));
    const rough = await logitsOf({ dtype: 'q4', quantizedDir, int8Activations: true });
    expect(rough).not.toEqual(q4);
    expect(cosine(rough, q4)).toBeGreaterThan(0.999);
    const files = await readdir(quantizedDir);
    expect(files).toHaveLength(2);
    // The head, tied to the embeddings, is worth packing with 4 bits only.
    for (const file of files) {
      const bytes = await readFile(join(quantizedDir, file));
      const header = bytes.toString('utf8', 8, 8 + Number(bytes.readBigUInt64LE(0)));
      expect(header.includes('"model.embed_tokens.weight"')).toBe(file.includes('-q4-'));
    }
  });

  it('rounds activations only where weights are rounded', async () => {
    const failure = loadDenoiser(trained('denoiser'), { backend, int8Activations: true });
    await expect(failure).rejects.toThrow("int8Activations: expected dtype 'q4' or 'q8', got 'fp32'.");
  });

  it('says so where no matrix can be quantized', async () => {
    const failure = loadDenoiser(fixture('dream'), { backend, dtype: 'q4' });
    await expect(failure).rejects.toThrow(UnsupportedError);
    await expect(failure).rejects.toThrow(
      "sizes that are multiples of 32, got none. Choose 'auto' or 'fp32'.",
    );
  });
});

describe('the file of quantized matrices', () => {
  it('is made once, with progress, and found again', async () => {
    const folder = await temporaryFolder();
    const progress: QuantizeProgress[] = [];
    const onQuantize = (event: QuantizeProgress) => progress.push(event);
    const first = await quantizeSome(folder, { onQuantize });
    expect(progress.at(-1)).toEqual({ name: 'reward', doneBytes: 393_216, totalBytes: 393_216 });
    const [file, ...others] = await readdir(folder);
    expect(others).toEqual([]);
    expect(file).toMatch(/^reward-q4-[0-9a-f]{16}\.safetensors$/);
    const { mtimeMs } = await stat(join(folder, file!));
    progress.length = 0;
    expect(await quantizeSome(folder, { onQuantize })).toEqual(first);
    expect(progress).toEqual([]);
    expect((await stat(join(folder, file!))).mtimeMs).toBe(mtimeMs);
    expect(join(first.folder, first.tensors.get('model.norm.weight')!.file)).toBe(
      join(trained('reward'), 'model.safetensors'),
    );
  });

  it('is made anew when the checkpoint has changed, and when it is damaged', async () => {
    const folder = await temporaryFolder();
    const directory = await copyOfReward();
    await quantizeSome(folder, {}, directory);
    const weights = join(directory, 'model.safetensors');
    await utimes(weights, new Date(), new Date(Date.now() + 5000));
    await quantizeSome(folder, {}, directory);
    const files = await readdir(folder);
    expect(files).toHaveLength(2);
    const whole = await readFile(join(folder, files[0]!));
    for (const file of files) await writeFile(join(folder, file), whole.subarray(0, whole.length - 100));
    await quantizeSome(folder, {}, directory);
    const sizes = await Promise.all(files.map(async (file) => (await stat(join(folder, file))).size));
    expect(sizes.sort()).toEqual([whole.length - 100, whole.length]);
  });

  it('may be made by two at once', async () => {
    const folder = await temporaryFolder();
    const [first, second] = await Promise.all([quantizeSome(folder), quantizeSome(folder)]);
    expect(second).toEqual(first);
    expect(await readdir(folder)).toHaveLength(1);
  });

  it('lies beside the weights', async () => {
    const directory = await copyOfReward();
    const { folder } = await (await loadClassifier(directory, { dtype: 'q8' })).external();
    expect(await readdir(folder!)).toContainEqual(expect.stringMatching(/^reward-q8-/));
  });

  it.each([
    ['beside the blobs', 'models--a--b/blobs/0123', '../../blobs/0123'],
    ['in the repository, where models share a store', 'blobs/01/0123', '../../../blobs/01/0123'],
  ])('lies %s of a Hugging Face cache', async (_, blob, link) => {
    const cache = await temporaryFolder();
    const snapshot = join(cache, 'models--a--b', 'snapshots', '4567');
    await cp(trained('denoiser'), snapshot, { recursive: true });
    await mkdir(dirname(join(cache, blob)), { recursive: true });
    await rename(join(snapshot, 'model.safetensors'), join(cache, blob));
    await symlink(link, join(snapshot, 'model.safetensors'));
    // Makes a session, which maps this file and the weights from one folder.
    await (await loadDenoiser(snapshot, { backend, dtype: 'q4' })).dispose();
    expect(await readdir(join(cache, 'models--a--b'))).toContainEqual(
      expect.stringMatching(/^b-q4-[0-9a-f]{16}\.safetensors$/),
    );
    expect(await readdir(cache)).not.toContainEqual(expect.stringContaining('-q4-'));
  });

  it('leaves nothing behind when it is stopped', async () => {
    const folder = await temporaryFolder();
    const controller = new AbortController();
    const onQuantize = () => controller.abort(new Error('enough'));
    await expect(quantizeSome(folder, { signal: controller.signal, onQuantize })).rejects.toThrow('enough');
    expect(await readdir(folder)).toEqual([]);
  });

  it('is not begun where there is no room for it', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'large.safetensors');
    const dims = [2 ** 25, 2 ** 25];
    const huge = { type: 'float32', dims, offset: 0, length: 2 ** 52, file: 'none' } as const;
    const failure = writeQuantizedFile(path, { folder, sources: new Map([['w', huge]]), ...tileHow });
    await expect(failure).rejects.toThrow(DiskFullError);
    // Codes of 4 bits and a float32 scale for 32 of them, in both directions, after a header of some bytes.
    const expected = (2 * 2 ** 50 * (4 + 1)) / 8;
    await expect(failure).rejects.toThrow(
      new RegExp(
        `^${path}: expected ${String(expected).slice(0, 12)}\\d+ bytes of free space, got \\d+\\. Pass quantizedDir`,
      ),
    );
    expect(await readdir(folder)).toEqual([]);
  });

  it('is not made where it cannot be, nor of weights that are no numbers', async () => {
    const folder = await temporaryFolder();
    const occupied = join(folder, 'file');
    await writeFile(occupied, '');
    const failure = quantizeSome(join(occupied, 'below'));
    await expect(failure).rejects.toThrow(NotWritableError);
    await expect(failure).rejects.toThrow(
      'Pass quantizedDir (or set XDG_CACHE_HOME), a folder with room that can be written',
    );

    const directory = await copyOfReward();
    const { offset } = (await readCheckpoint(directory)).tensors.get(matrix)!;
    const bytes = await readFile(join(directory, 'model.safetensors'));
    bytes.fill(0xff, offset, offset + 4);
    await writeFile(join(directory, 'model.safetensors'), bytes);
    const empty = join(folder, 'empty');
    await mkdir(empty);
    await expect(quantizeSome(empty, {}, directory)).rejects.toThrow(NumericalError);
    await expect(quantizeSome(empty, {}, directory)).rejects.toThrow(
      `${matrix} holds a number that is not finite`,
    );
    expect(await readdir(empty)).toEqual([]);
  });
});

describe('a quantized file that is damaged', () => {
  it.each<[string, (bytes: Uint8Array) => void]>([
    ['a flipped bit', (bytes) => bytes.set([bytes.at(-5)! ^ 4], bytes.length - 5)],
    ['zeroes', (bytes) => bytes.fill(0, 4096)],
    ['another hash', (bytes) => bytes.set([bytes[40]! ^ 1], 40)],
  ])('by %s is made again', async (_, damage) => {
    const folder = await temporaryFolder();
    await quantizeSome(folder);
    const file = join(folder, (await readdir(folder))[0]!);
    const sound = await readFile(file);
    const damaged = Uint8Array.from(sound);
    damage(damaged);
    expect(Buffer.compare(sound, damaged)).not.toBe(0);
    await writeFile(file, damaged);
    let made = 0;
    await quantizeSome(folder, { onQuantize: () => made++ });
    expect(made).toBeGreaterThan(0);
    expect(Buffer.compare(await readFile(file), sound)).toBe(0);
    made = 0;
    await quantizeSome(folder, { onQuantize: () => made++ });
    expect(made).toBe(0);
  });
});
