import { expect, test } from 'vitest';
import { disposable } from './disposable.js';

test('what it is spread into is freed by dispose, and where the block of an await using ends', async () => {
  const freed: string[] = [];
  const held = (name: string) => ({ name, ...disposable(async () => void freed.push(name)) });
  await held('by hand').dispose();
  {
    await using block = held('by the block');
    expect(block.name).toBe('by the block');
    expect(freed).toEqual(['by hand']);
  }
  expect(freed).toEqual(['by hand', 'by the block']);
});
