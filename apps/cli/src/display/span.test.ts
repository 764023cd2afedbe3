import type { Vocabulary } from '@entrgi/core';
import { describe, expect, test } from 'vitest';
import { responseSpans } from './span.js';

const tokens = ['<mask>', '<end>', 'Once', ' upon', ' a', ' time'];
const vocabulary: Vocabulary = { size: tokens.length, tokens, maskId: 0, endIds: [1], specialIds: [0, 1] };
const decode = (ids: ArrayLike<number>) => Array.from(ids, (id) => tokens[id]).join('');
const spansOf = responseSpans({ vocabulary, decode });

const event = (tokenIds: number[][], committed: [number, number][] = []) => ({
  tokenIds: Int32Array.from(tokenIds.flat()),
  length: tokenIds[0]!.length,
  committed: committed.map(([trajectory, position]) => ({
    trajectory,
    position,
    tokenId: tokenIds[trajectory]![position]!,
  })),
});

describe('responseSpans', () => {
  test('runs of one kind are one span', () => {
    expect(spansOf(event([[2, 3, 0, 0, 5, 0]], [[0, 4]]), 0)).toEqual([
      { kind: 'committed', text: 'Once upon' },
      { kind: 'masked', count: 2 },
      { kind: 'new', text: ' time' },
      { kind: 'masked', count: 1 },
    ]);
  });

  test('only the trajectory asked for is shown, with what was committed in it', () => {
    const two = event([[2, 0], [0, 3]], [[1, 1]]); // biome-ignore format: one row a trajectory
    expect(spansOf(two, 0)).toEqual([
      { kind: 'committed', text: 'Once' },
      { kind: 'masked', count: 1 },
    ]);
    expect(spansOf(two, 1)).toEqual([
      { kind: 'masked', count: 1 },
      { kind: 'new', text: ' upon' },
    ]);
  });

  test('what follows the first end token is not shown', () => {
    expect(spansOf(event([[2, 1, 3, 1, 0]]), 0)).toEqual([
      { kind: 'committed', text: 'Once' },
      { kind: 'end' },
    ]);
  });
});
