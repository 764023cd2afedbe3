import { expect, test } from 'vitest';
import { methodTable } from './method-table.js';

const record = (method: string, seed: number, opening: number, top1: number, avg: number) => ({
  method,
  seed,
  opening,
  top1,
  avg,
  milliseconds: 1,
  best: '',
});

test('means over seeds first, then mean and standard error over openings; unfinished prompts do not count', () => {
  const table = methodTable([
    record('bon', 1, 0, 1, 0),
    record('bon', 2, 0, 3, 0),
    record('bon', 1, 1, 4, 2),
    record('bon', 1, 2, 99, 99),
    record('entrgi', 1, 0, 2, 1),
    record('entrgi', 2, 0, 4, 1),
    record('entrgi', 1, 1, 7, 3),
  ]);
  // bon: openings (1 + 3) / 2 = 2 and 4; entrgi: 3 and 7; differences 1 and 3; standard error of two values = half their distance.
  expect(table).toContain('2 openings, seeds 1, 2');
  expect(table).toContain('| bon | 3.00 ± 1.00 | 1.00 ± 1.00 | – | – |');
  expect(table).toContain('| entrgi | 5.00 ± 2.00 | 2.00 ± 1.00 | +2.00 ± 1.00 | +1.00 ± 0.00 |');
});
