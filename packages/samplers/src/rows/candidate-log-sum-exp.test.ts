import { randomStream } from '@entrgi/core';
import { rowLogSumExp } from '@entrgi/core/internal';
import { expect, test } from 'vitest';
import { selectCandidates } from './select-candidates.js';

const plain = (row: ArrayLike<number>) => Math.log(Array.from(row, Math.exp).reduce((a, b) => a + b));

test('is the sum over the whole vocabulary, of all tokens or of candidates and what is kept of the others', async () => {
  const random = randomStream({ seed: 1, prompt: 0, trajectory: 0, step: 0, purpose: 'token' });
  const [rows, size] = [4, 500];
  const logits = Float32Array.from({ length: rows * size }, () => 9 * random.uniform() - 3);
  for (let row = 0; row < rows; row++) logits[row * size + 7 * row] = 12;
  // Cold: what is negligible there is not at temperature 1.
  for (const temperature of [0.1, 1]) {
    for (const tolerance of [0, 1e-6]) {
      const rule = { temperature, maxMovement: 0.1, tolerance, signal: undefined };
      const selected = await selectCandidates(logits.slice(), size, rule);
      if (temperature < 1 && tolerance > 0) expect(selected.values.length).toBeLessThan(rows * size);
      for (let row = 0; row < rows; row++) {
        const expected = plain(logits.subarray(row * size, (row + 1) * size));
        expect(rowLogSumExp(selected, row)).toBeCloseTo(expected, 5);
        const place = selected.values.indexOf(12, selected.offsets[row]);
        selected.values[place] = 13.5;
        const moved = Math.log(Math.exp(expected) - Math.exp(12) + Math.exp(13.5));
        expect(rowLogSumExp(selected, row)).toBeCloseTo(moved, 5);
      }
    }
  }
});
