import { expect, test } from 'vitest';
import { defaultWorkers, threadsEach } from './share-machine.js';

const gigabyte = 2 ** 30;

test.each([
  // Small models: a process for each processor, and never a second thread.
  { processors: 2, memory: 8, bytes: 15e6, cells: 100, workers: 2, threads: 1 },
  { processors: 64, memory: 256, bytes: 15e6, cells: 1000, workers: 64, threads: 1 },
  { processors: 64, memory: 256, bytes: 15e6, cells: 3, workers: 3, threads: 1 },
  // 300 MB each beside the weights: six of them in half of 4 GB.
  { processors: 16, memory: 4, bytes: 15e6, cells: 1000, workers: 6, threads: 1 },
  // Larger ones: eight at most, which share the processors.
  { processors: 2, memory: 8, bytes: 46e6, cells: 100, workers: 2, threads: 1 },
  { processors: 2, memory: 8, bytes: 46e6, cells: 1, workers: 1, threads: 2 },
  { processors: 64, memory: 256, bytes: 500e6, cells: 1000, workers: 8, threads: 8 },
  { processors: 16, memory: 64, bytes: 5e9, cells: 1000, workers: 3, threads: 5 },
  // There is always one.
  { processors: 4, memory: 16, bytes: 30e9, cells: 10, workers: 1, threads: 4 },
])(
  '$processors processors and $memory GB do $cells results of $bytes bytes by $workers processes of $threads threads',
  ({ processors, memory, bytes, cells, workers, threads }) => {
    const machine = { processors, memory: memory * gigabyte };
    expect(defaultWorkers(cells, bytes, machine)).toBe(workers);
    expect(threadsEach(workers, bytes, machine)).toBe(threads);
  },
);
