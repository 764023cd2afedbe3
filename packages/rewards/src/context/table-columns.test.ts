import { describe, expect, it } from 'vitest';
import { tableColumns } from './table-columns.js';

describe('tableColumns', () => {
  it('adds up shares of a table row and drops tokens without one', async () => {
    const { scatter, gather } = tableColumns(Int32Array.of(2, -1, 2, 0), 4);
    const probs = Float32Array.of(0.5, 0.25, 0.125, 0.125, 0, 1, 0, 0);
    const spread = await scatter(probs, 2);
    expect(spread).toEqual(Float32Array.of(0.125, 0, 0.625, 0, 0, 0, 0, 0));
    expect(await gather(Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8), 2, spread)).toEqual(
      Float32Array.of(3, 0, 3, 1, 7, 0, 7, 5),
    );
  });

  it('is the adjoint of itself: ⟨scatter p, s⟩ = ⟨p, gather s⟩', async () => {
    const { scatter, gather } = tableColumns(Int32Array.of(1, 1, -1, 0, 4), 5);
    const probs = Float32Array.of(0.5, 0.25, 0.125, 0.0625, 0.0625);
    const scores = Float32Array.of(3, -1, 2, 8, 0.5);
    const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
    const spread = await scatter(probs, 1);
    const before = dot(spread, scores);
    expect(before).toBe(dot(probs, await gather(scores, 1, spread)));
  });

  it('gathers in the memory of what it scattered, with more columns than rows as with fewer', async () => {
    for (const size of [3, 6]) {
      const { scatter, gather } = tableColumns(Int32Array.of(1, -1, 0, 2), size);
      const spread = await scatter(new Float32Array(8).fill(1), 2);
      expect(spread).toHaveLength(2 * size);
      const scores = Float32Array.from({ length: 2 * size }, (_, i) => i + 1);
      const picked = await gather(scores, 2, spread);
      expect(picked).toEqual(Float32Array.of(2, 0, 1, 3, size + 2, 0, size + 1, size + 3));
      expect(picked.buffer).toBe(spread.buffer);
    }
  });

  it('copies nothing where the tables are the same', async () => {
    const { scatter, gather } = tableColumns(Int32Array.of(0, 1, 2), 3);
    const matrix = Float32Array.of(1, 2, 3);
    expect(await scatter(matrix, 1)).toBe(matrix);
    expect(await gather(matrix, 1, matrix)).toBe(matrix);
  });

  it('carries columns to a table that has more rows', async () => {
    const { scatter, gather } = tableColumns(Int32Array.of(0, 1), 3);
    const spread = await scatter(Float32Array.of(1, 2, 3, 4), 2);
    expect(spread).toEqual(Float32Array.of(1, 2, 0, 3, 4, 0));
    expect(await gather(Float32Array.of(1, 2, 9, 3, 4, 9), 2, spread)).toEqual(Float32Array.of(1, 2, 3, 4));
  });
});
