import { expect, test } from 'vitest';
import { provisionalAttention } from './provisional-attention.js';

const vocabulary = { size: 9, tokens: [], endIds: [7, 8], specialIds: [], padId: 0 };

test('shows each response up to its first end token, without padding', () => {
  const ids = Int32Array.from([
    ...[1, 2, 8, 3, 7], //
    ...[1, 0, 2, 0, 5],
    ...[7, 1, 1, 1, 1],
  ]);
  const attention = provisionalAttention(ids, 3, vocabulary);
  expect(Array.from(attention)).toEqual([1, 1, 1, 0, 0, 1, 0, 1, 0, 1, 1, 0, 0, 0, 0]);
});

test('hides an end token that is also the padding token', () => {
  const attention = provisionalAttention(Int32Array.of(1, 7, 2), 1, { ...vocabulary, padId: 7 });
  expect(Array.from(attention)).toEqual([1, 0, 0]);
});
