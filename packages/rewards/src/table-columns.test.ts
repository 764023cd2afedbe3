import { describe, expect, it } from 'vitest';
import { tableColumns } from './table-columns.js';

describe('tableColumns', () => {
  it('adds up shares of a table row and drops tokens without one', () => {
    const { scatter, gather } = tableColumns(Int32Array.of(2, -1, 2, 0), 4);
    const probs = Float32Array.of(0.5, 0.25, 0.125, 0.125, 0, 1, 0, 0);
    expect(scatter(probs, 2)).toEqual(Float32Array.of(0.125, 0, 0.625, 0, 0, 0, 0, 0));
    expect(gather(Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8), 2)).toEqual(
      Float32Array.of(3, 0, 3, 1, 7, 0, 7, 5),
    );
  });

  it('is the adjoint of itself: ⟨scatter p, s⟩ = ⟨p, gather s⟩', () => {
    const { scatter, gather } = tableColumns(Int32Array.of(1, 1, -1, 0, 4), 5);
    const probs = Float32Array.of(0.5, 0.25, 0.125, 0.0625, 0.0625);
    const scores = Float32Array.of(3, -1, 2, 8, 0.5);
    const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
    expect(dot(scatter(probs, 1), scores)).toBe(dot(probs, gather(scores, 1)));
  });

  it('copies nothing where the tables are the same', () => {
    const { scatter, gather } = tableColumns(Int32Array.of(0, 1, 2), 3);
    const matrix = Float32Array.of(1, 2, 3);
    expect(scatter(matrix, 1)).toBe(matrix);
    expect(gather(matrix, 1)).toBe(matrix);
  });

  it('carries columns to a table that has more rows', () => {
    const { scatter, gather } = tableColumns(Int32Array.of(0, 1), 3);
    expect(scatter(Float32Array.of(1, 2, 3, 4), 2)).toEqual(Float32Array.of(1, 2, 0, 3, 4, 0));
    expect(gather(Float32Array.of(1, 2, 9, 3, 4, 9), 2)).toEqual(Float32Array.of(1, 2, 3, 4));
  });
});
