import { expect, it } from 'vitest';
import { downloadMeter } from './download-meter.js';
import type { DownloadProgress } from './hub-options.js';

const file = (name: string, size: number) => ({ name, size, hash: '' });

it('reports every 100 ms at most, but each file when it is there, and adds them up', () => {
  const reports: DownloadProgress[] = [];
  const [a, b] = [file('a', 10), file('b', 5)];
  const meter = downloadMeter('o/n', [a, b], (progress) => reports.push(progress));
  meter(a, 1, 0);
  meter(a, 2, 50);
  meter(b, 1, 99);
  meter(a, 3, 100);
  meter(b, 5, 101);
  meter(b, 5, 300);
  meter(a, 10, 301);
  expect(
    reports.map(({ file: name, loadedBytes, totalBytes, allLoadedBytes, allTotalBytes }) => [
      name,
      `${loadedBytes}/${totalBytes}`,
      `${allLoadedBytes}/${allTotalBytes}`,
    ]),
  ).toEqual([
    ['a', '1/10', '1/15'],
    ['a', '3/10', '4/15'],
    ['b', '5/5', '8/15'],
    ['a', '10/10', '15/15'],
  ]);
});
