import { readFile } from 'node:fs/promises';
import { nodeBackend } from '@entrgi/backend-node';
import { InvalidArgumentError, UnsupportedError } from '@entrgi/core';
import { int64Tensor } from '@entrgi/onnx/internal';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixture, relativeError } from '../../fixtures/fixture.js';
import { openNetwork } from '../../fixtures/open-network.js';
import { writeVariant } from '../../fixtures/variants.js';
import { readCheckpoint } from '../checkpoint/checkpoint.js';
import type { DenoiserNetwork } from '../contracts/network.js';
import type { Weights } from '../contracts/weights.js';
import { configReader } from '../files/config-reader.js';
import { loadDenoiser } from '../load-denoiser.js';
import { readNetwork } from '../network/read-network.js';
import { checkedWeights } from '../weights/checked-weights.js';
import { blockOffset } from './block-offset.js';
import { causalBlocks } from './causal-blocks.js';
import { causalGraph } from './causal-graph.js';
import { denoiserGraph } from './denoiser-graph.js';

interface Case {
  readonly name: string;
  readonly config: Record<string, unknown>;
  /** 0: every token sees every other. */
  readonly blockLength: number;
  /** Logits of some positions of each sequence, by make-block-causal.py. */
  readonly sequences: readonly {
    readonly promptLength: number;
    readonly ids: number[];
    readonly positions: number[];
    readonly logits: number[];
  }[];
}

const cases = JSON.parse(
  await readFile(new URL('../../fixtures/block-causal.json', import.meta.url), 'utf8'),
) as Case[];

const backend = nodeBackend({ threads: 1 });
afterAll(() => backend.dispose());

const inBlocks = cases.filter(({ blockLength }) => blockLength > 0);

describe.each(inBlocks)('$name in blocks of $blockLength', ({ config, blockLength, sequences }) => {
  const network = readNetwork({ config: configReader(config, 'config.json') }) as DenoiserNetwork;
  const { countedFrom } = network.blockAttention!;
  const attention = { countedFrom, blockLength };
  let folder: string;
  let remove: () => Promise<void>;
  let weights: Weights;
  beforeAll(async () => {
    const variant = { base: '', name: '', config, weights: {}, lengths: [], expected: [] };
    [folder, remove] = await writeVariant(variant, network.parameters, 'model');
    weights = checkedWeights(await readCheckpoint(folder), network);
  });
  afterAll(() => remove());

  it('gives the logits of PyTorch, prompts being no multiples of the block', async () => {
    const graph = denoiserGraph(network, weights, blockLength);
    const session = await openNetwork(backend, { network, weights, folder }, graph);
    for (const { promptLength, ids, positions, logits } of sequences) {
      const got = await session.run({
        ids: int64Tensor([1, ids.length], ids),
        positions: int64Tensor(
          [positions.length],
          positions.map((p) => (network.shifted ? Math.max(p - 1, 0) : p)),
        ),
        offset: int64Tensor([1], [blockOffset(attention, promptLength)]),
      });
      expect(relativeError(got.logits!.data as Float32Array, logits)).toBeLessThan(1e-4);
    }
    await session.dispose();
  });

  it('gives them block by block, each behind what is kept of those before', async () => {
    const graph = causalGraph(network.block!, weights, blockLength);
    const session = await openNetwork(backend, { network, weights, folder }, graph);
    const { shifted } = network;
    const open = causalBlocks({ name: 'a', shifted, shape: network.block!, attention, session });
    for (const { promptLength, ids, positions, logits } of sequences) {
      const offset = blockOffset(attention, promptLength);
      const got: number[] = [];
      for (let start = 0; start < ids.length; ) {
        const end = Math.min(
          (Math.floor((start + offset) / blockLength) + 1) * blockLength - offset,
          ids.length,
        );
        // What follows the block is not there yet, in whatever it was opened with.
        const tokenIds = Int32Array.from(ids, (id, i) => (i < end ? id : 15));
        const request = { tokenIds, batch: 1, length: ids.length, promptLength };
        const block = await open({ ...request, start, end });
        const own = positions.filter((position) => position >= start && position < end);
        const asked = { sequences: [0], tokenIds: tokenIds.subarray(start, end) };
        got.push(...(await block.logits({ ...asked, positions: Int32Array.from(own, (p) => p - start) })));
        start = end;
      }
      expect(relativeError(Float32Array.from(got), logits)).toBeLessThan(1e-4);
    }
    await session.dispose();
  });
});

describe.each(cases.filter((each) => !inBlocks.includes(each)))('$name', ({ config, sequences }) => {
  it('gives the logits of PyTorch, every token seeing every other', async () => {
    const network = readNetwork({ config: configReader(config, 'config.json') }) as DenoiserNetwork;
    const variant = { base: '', name: '', config, weights: {}, lengths: [], expected: [] };
    const [folder, remove] = await writeVariant(variant, network.parameters, 'model');
    const weights = checkedWeights(await readCheckpoint(folder), network);
    const session = await openNetwork(backend, { network, weights, folder }, denoiserGraph(network, weights));
    for (const { ids, positions, logits } of sequences) {
      const at = positions.map((p) => (network.shifted ? Math.max(p - 1, 0) : p));
      const got = await session.run({
        ids: int64Tensor([1, ids.length], ids),
        positions: int64Tensor([at.length], at),
      });
      expect(relativeError(got.logits!.data as Float32Array, logits)).toBeLessThan(1e-4);
    }
    await session.dispose();
    await remove();
  });
});

describe('loadDenoiser with attention', () => {
  const request = {
    tokenIds: Int32Array.from({ length: 22 }, (_, i) => (7 * i) % 90),
    batch: 2,
    length: 11,
    positions: Int32Array.of(4, 16),
  };

  it('does not let a block see the next, counting from the response', async () => {
    await using denoiser = await loadDenoiser(fixture('a2d-qwen3'), {
      backend,
      attention: 'block-causal',
      blockLength: 3,
    });
    expect(denoiser.blockAttention).toEqual({ blockLength: 3, countedFrom: 'response' });
    const before = await denoiser.logits({ ...request, promptLength: 2 });
    const changed = request.tokenIds.slice();
    // Blocks are 0–1, 2–4, 5–7, 8–10.
    changed[5] = 3;
    changed[17] = 3;
    const later = await denoiser.logits({ ...request, tokenIds: changed, promptLength: 2 });
    const row = before.length / 2;
    expect(later.subarray(0, row)).toEqual(before.subarray(0, row));
    expect(relativeError(later.subarray(row), [...before.subarray(row)])).toBeGreaterThan(1e-3);
    // With one token more before the response, position 5 is in the block of position 4.
    const shifted = { ...request, promptLength: 3 };
    const [own, moved] = [
      await denoiser.logits(shifted),
      await denoiser.logits({ ...shifted, tokenIds: changed }),
    ];
    expect(relativeError(moved.subarray(0, row), [...own.subarray(0, row)])).toBeGreaterThan(1e-3);
  });

  it.each([undefined, -1, 12, 1.5])('refuses to count blocks from a response at %s', async (promptLength) => {
    await using denoiser = await loadDenoiser(fixture('a2d-qwen3'), {
      backend,
      attention: 'block-causal',
      blockLength: 3,
    });
    const failure = denoiser.logits({ ...request, promptLength });
    await expect(failure).rejects.toThrow(InvalidArgumentError);
    await expect(failure).rejects.toThrow(
      'expected a promptLength, from which blocks are counted, of at most 11',
    );
  });

  it.each([
    [
      'dream',
      { attention: 'block-causal', blockLength: 4 },
      UnsupportedError,
      'which DreamModel is not known to have',
    ],
    ['a2d-qwen2', { attention: 'block-causal' }, InvalidArgumentError, 'blockLength: expected the length'],
    [
      'a2d-qwen2',
      { blockLength: 4 },
      InvalidArgumentError,
      "no length of blocks where attention is 'everywhere'",
    ],
    [
      'a2d-qwen2',
      { attention: 'causal' },
      InvalidArgumentError,
      "expected one of everywhere, block-causal, got 'causal'",
    ],
    ['a2d-qwen2', { attention: 'block-causal', blockLength: 0 }, InvalidArgumentError, 'at least 1'],
  ] as const)('refuses of %s: %j', async (name, options, kind, message) => {
    const failure = loadDenoiser(fixture(name), { backend, ...options } as never);
    await expect(failure).rejects.toThrow(kind);
    await expect(failure).rejects.toThrow(message);
  });
});
