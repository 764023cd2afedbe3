import { nodeBackend } from '@entrgi/backend-node';
import { type Denoiser, InvalidArgumentError } from '@entrgi/core';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { denoiserFixtures, fixture, relativeError } from '../../fixtures/fixture.js';
import { loadDenoiser } from '../load-denoiser.js';

const backend = nodeBackend({ threads: 1 });
afterAll(() => backend.dispose());

const [batch, length] = [3, 9];
const tokenIds = Int32Array.from({ length: batch * length }, (_, i) => (7 * i) % 90);

describe.each(denoiserFixtures.filter((name) => !name.includes('bert')))('openBlock: %s', (name) => {
  let denoiser: Denoiser;
  beforeEach(async () => {
    denoiser = await loadDenoiser(fixture(name), { backend });
  });
  afterEach(() => denoiser.dispose());

  /** The block's logits for all its tokens, and those of the whole network. */
  const both = async (start: number, end: number, sequences: number[], opened = tokenIds) => {
    const size = end - start;
    const opening = { tokenIds: opened, batch: opened.length / length, length, start, end };
    const block = await denoiser.openBlock!(opening);
    const own = Int32Array.from(
      sequences.flatMap((b) => [...tokenIds.subarray(b * length + start, b * length + end)]),
    );
    const got = await block.logits({
      sequences: sequences.map((b) => (opening.batch === 1 ? 0 : b)),
      tokenIds: own,
      positions: Int32Array.from(own.keys()),
    });
    const whole = await denoiser.logits({
      tokenIds: Int32Array.from(
        sequences.flatMap((b) => [...tokenIds.subarray(b * length, (b + 1) * length)]),
      ),
      batch: sequences.length,
      length,
      positions: Int32Array.from(own, (_, i) => Math.floor(i / size) * length + start + (i % size)),
    });
    return { got, whole };
  };

  it.each([
    [0, 4],
    [3, 6],
    [1, 2],
    [5, 9],
    [0, 9],
  ])('gives the logits of the whole sequence while nothing has changed: %d to %d', async (start, end) => {
    for (const sequences of [[0, 1, 2], [2, 0], [1]]) {
      const { got, whole } = await both(start, end, sequences);
      expect(relativeError(got, [...whole])).toBeLessThan(1e-5);
    }
  });

  it('shares what one sequence keeps among all', async () => {
    const block = await denoiser.openBlock!({
      tokenIds: tokenIds.slice(0, length),
      batch: 1,
      length,
      start: 3,
      end: 5,
    });
    const own = Int32Array.of(1, 2, 5, 6);
    const got = await block.logits({ sequences: [0, 0], tokenIds: own, positions: Int32Array.of(0, 3) });
    for (const [row, from] of [
      [0, 0],
      [1, 2],
    ] as const) {
      const one = await block.logits({
        sequences: [0],
        tokenIds: own.slice(from, from + 2),
        positions: Int32Array.of(row),
      });
      const rows = got.length / 2;
      expect(relativeError(got.slice(row * rows, (row + 1) * rows), [...one])).toBeLessThan(1e-5);
    }
  });

  it('leaves what lies around as it was when the block changes', async () => {
    const changed = tokenIds.slice(0, length);
    changed[4] = 50;
    const opening = { batch: 1, length, start: 3, end: 6 };
    const request = { sequences: [0], tokenIds: changed.slice(3, 6), positions: Int32Array.of(0, 1, 2) };
    const stale = await (
      await denoiser.openBlock!({ ...opening, tokenIds: tokenIds.slice(0, length) })
    ).logits(request);
    const fresh = await (await denoiser.openBlock!({ ...opening, tokenIds: changed })).logits(request);
    // In the first layer what lies around does not know of the block; later ones do.
    expect(relativeError(stale, [...fresh])).toBeGreaterThan(1e-4);
    expect(relativeError(stale, [...fresh])).toBeLessThan(2);
  });

  it('refuses what is no block of it', async () => {
    const opening = { tokenIds, batch, length };
    await expect(denoiser.openBlock!({ ...opening, start: 5, end: 10 })).rejects.toThrow(
      InvalidArgumentError,
    );
    await expect(denoiser.openBlock!({ ...opening, start: 5, end: 10 })).rejects.toThrow(
      'within 9 tokens, got 5 to 10',
    );
    await expect(denoiser.openBlock!({ ...opening, start: 4, end: 4 })).rejects.toThrow(InvalidArgumentError);
    const block = await denoiser.openBlock!({ ...opening, start: 0, end: 2 });
    const request = { tokenIds: Int32Array.of(1, 2), positions: Int32Array.of(0) };
    await expect(block.logits({ ...request, sequences: [3] })).rejects.toThrow(InvalidArgumentError);
    await expect(block.logits({ ...request, sequences: [0, 1] })).rejects.toThrow('got 2 for 0, 1');
  });
});

it('is not for networks that embed positions', async () => {
  expect((await loadDenoiser(fixture('bert-fill'), { backend })).openBlock).toBeUndefined();
});
