import { expect, test } from 'vitest';
import { responseBlocks } from './response-blocks.js';

const ends = (...given: Parameters<typeof responseBlocks>) =>
  responseBlocks(...given).map(({ from, to }) => [from, to]);

test.each([
  // From the response: whole blocks, and a shorter one at the end.
  [
    'response',
    5,
    [
      [0, 4],
      [4, 8],
      [8, 10],
    ],
  ],
  // From the prompt's beginning: of 5 tokens one is in the block that the response begins in, of 8 none.
  [
    'sequence',
    5,
    [
      [0, 3],
      [3, 7],
      [7, 10],
    ],
  ],
  [
    'sequence',
    8,
    [
      [0, 4],
      [4, 8],
      [8, 10],
    ],
  ],
  [
    'sequence',
    7,
    [
      [0, 1],
      [1, 5],
      [5, 9],
      [9, 10],
    ],
  ],
] as const)('blocks of 4 counted from the %s behind %d tokens', (countedFrom, promptLength, expected) => {
  const attention = { countedFrom, blockLength: 4 };
  expect(ends({ length: 10, blockLength: 4, promptLength, attention })).toEqual(expected);
});

test('without such attention, blocks are of the response; one may be all of it, or hold more than there is', () => {
  const whole = { promptLength: 7, attention: undefined };
  expect(ends({ ...whole, length: 9, blockLength: 3 })).toEqual([
    [0, 3],
    [3, 6],
    [6, 9],
  ]);
  expect(ends({ ...whole, length: 9, blockLength: 9 })).toEqual([[0, 9]]);
  const attention = { countedFrom: 'sequence', blockLength: 32 } as const;
  expect(ends({ length: 9, blockLength: 32, promptLength: 7, attention })).toEqual([[0, 9]]);
});
