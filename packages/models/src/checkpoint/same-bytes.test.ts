import { expect, it } from 'vitest';
import type { Folder } from '../files/byte-source.js';
import { sameBytes } from './same-bytes.js';

const length = 300_000;

/** Two tensors of a file, the second differing from the first in some bytes; and how many bytes were read. */
const compared = async (isFar: boolean, differing: (at: number) => boolean) => {
  const bytes = Uint8Array.from({ length: 2 * length }, (_, i) => {
    const at = i % length;
    return i < length || !differing(at) ? at % 251 : (at % 251) + 1;
  });
  let read = 0;
  const open: Folder['open'] = async () => ({
    size: bytes.length,
    async read(offset, count) {
      read += count;
      return bytes.slice(offset, offset + count);
    },
    close: async () => {},
  });
  const source = { isFar } as Folder;
  const tensor = { type: 'uint8', dims: [length], file: 'f', length } as const;
  const same = await sameBytes({ open, source }, { ...tensor, offset: 0 }, { ...tensor, offset: length });
  return { same, read };
};

it('compares every byte of what is near', async () => {
  expect(await compared(false, () => false)).toEqual({ same: true, read: 2 * length });
  expect((await compared(false, (at) => at === 287_654)).same).toBe(false);
});

it('compares places all over what is far', async () => {
  const { same, read } = await compared(true, () => false);
  expect(same).toBe(true);
  expect(read).toBeLessThan(100_000);
  for (const from of [0, 0.2, 0.5, 0.8]) {
    expect((await compared(true, (at) => at >= from * length)).same, `from ${from}`).toBe(false);
  }
});
