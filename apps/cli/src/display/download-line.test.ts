import type { DownloadProgress } from '@entrgi/models';
import { expect, test } from 'vitest';
import { downloadLine } from './download-line.js';

const progress = (
  file: string,
  loadedBytes: number,
  more: Partial<DownloadProgress> = {},
): DownloadProgress => ({
  id: 'a/b',
  file,
  loadedBytes,
  totalBytes: 5e9,
  allLoadedBytes: loadedBytes,
  allTotalBytes: 15.2e9,
  ...more,
});

test('is silent for a second, then says how much, how fast and how long still', () => {
  const line = downloadLine();
  expect(line(progress('x', 0), 5000)).toBeUndefined();
  expect(line(progress('x', 50e6), 5999)).toBeUndefined();
  expect(line(progress('x', 200e6), 9000)).toBe(
    'Downloading a/b: 200.0 MB of 15.2 GB, 50.0 MB/s, 5 min 0 s left',
  );
});

test('does not take for speed what was there before', () => {
  const line = downloadLine();
  line(progress('x', 4e9), 0);
  expect(line(progress('x', 4.1e9), 2000)).toContain(', 50.0 MB/s, ');
  expect(line(progress('y', 1e9, { allLoadedBytes: 5.1e9 }), 4000)).toContain(', 25.0 MB/s, ');
});

test('adds up several models', () => {
  const line = downloadLine();
  line(progress('x', 0), 0);
  line(progress('x', 0, { id: 'c/d', allTotalBytes: 1e9 }), 0);
  line(progress('x', 2e6), 1000);
  expect(line(progress('x', 4e6, { id: 'c/d', allTotalBytes: 1e9 }), 1000)).toBe(
    'Downloading a/b and c/d: 6.0 MB of 16.2 GB, 6.0 MB/s, 44 min 59 s left',
  );
});

test('guesses nothing while nothing arrives', () => {
  const line = downloadLine();
  line(progress('x', 1e6), 0);
  expect(line(progress('x', 1e6), 2000)).toBe('Downloading a/b: 1.0 MB of 15.2 GB, 0 B/s');
});
