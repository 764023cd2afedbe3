import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { processMemory, residentOf } from './memory.js';

test('counts a part of a file once, however often it is mapped, and every anonymous mapping', () => {
  const mapping = (range: string, offset: string, inode: number, rss: number) =>
    `${range} r--p ${offset} fd:00 ${inode}   /weights\nSize: 64 kB\nRss:    ${rss} kB\nPss: 1 kB\n`;
  const smaps = [
    mapping('1000-2000', '00000000', 7, 3),
    mapping('3000-4000', '00000000', 7, 4),
    mapping('5000-6000', '00001000', 7, 4),
    mapping('7000-8000', '00000000', 0, 10),
    mapping('9000-a000', '00000000', 0, 20),
  ].join('');
  expect(residentOf(smaps)).toBe((4 + 4 + 10 + 20) * 1024);
});

test.runIf(existsSync('/proc/self/smaps'))(
  'of this process: more than 10 MB, and the peak above that',
  () => {
    const { resident, peak } = processMemory(process.pid)!;
    expect(resident).toBeGreaterThan(1e7);
    expect(peak).toBeGreaterThan(resident / 2);
  },
);

test('of a process that is not there: undefined', () => {
  expect(processMemory(2 ** 31 - 1)).toBeUndefined();
});
