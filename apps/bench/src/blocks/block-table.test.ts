import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { machine } from '../measure/machine.js';
import { appendRecord, readRecords } from '../measure/records.js';
import { resultOf } from './block-journal.js';
import { type BlockRowName, blockRows } from './block-rows.js';
import { blockTable } from './block-table.js';
import type { BlockResult } from './run-blocks.js';

const floor = {
  gigaflops: 100,
  gigabytesPerSecond: 10,
  weightGigabytes: 1,
  secondsPerStep: 0.5,
  expertsTouched: 0,
};
const result = (row: BlockRowName, changes: Partial<BlockResult>): BlockResult => ({
  ...blockRows[row],
  ...{ row, layers: 28, dtype: 'q4', int8Activations: false, threads: 2, steps: 4, timed: 4, loadSeconds: 1 },
  ...{ secondsPerStep: 1, denoiserSecondsPerStep: 0.75, seconds: 4, denoiserTokens: 100, floor },
  ...{ residentGB: 2, peakGB: 3, load: 0.1, machine: machine(), written: [5, 6, 7, 8] },
  ...changes,
});

test('a line for each, and what two of them say together', () => {
  const table = blockTable([
    result('0.6b', { denoiserTokens: 1504 }),
    result('0.6b', { denoiserTokens: 9, int8Activations: true, processorSecondsPerStep: 1.5 }),
    result('0.6b-uncached', { denoiserTokens: 16_384, seconds: 14, timed: 2, written: [5, -1, 9, -1] }),
    result('sdar-guided', { seconds: 32, length: 32, floor: undefined as never }),
    result('sdar-guided-canvas', { seconds: 512, length: 256 }),
    result('llada2', { layers: 2, secondsPerStep: 1, residentGB: 1 }),
    result('llada2', { layers: 4, secondsPerStep: 2, residentGB: 1.5, expertsPerLayer: 90 }),
    result('llada2', { layers: 6, secondsPerStep: 9, residentGB: 9, int8Activations: true }),
  ]);
  expect(table).toContain('| 0.6b q4 | 28 | 4 of 4 | 1.00 | 0.750 | – | 0.500 | 1.50 | 64.0 | 2.00 |');
  expect(table).toContain(
    '| 0.6b q4, int8 activations | 28 | 4 of 4 | 1.00 | 0.750 | 1.50 | 0.500 | 1.50 | 64.0 | 2.00 |',
  );
  expect(table).toContain('| sdar-guided q4 | 28 | 4 of 4 | 1.00 | 0.750 | – | – | – | 1.00 | 2.00 |');
  expect(table).toContain(
    '0.6b q4, 28 layers: without the cache 10.9 × the tokens through the denoiser (16384 and 1504), 3.50 × the time; 1 of 2 tokens the same',
  );
  expect(table).toContain('1.00 s a token in blocks, 2.00 s on a canvas of 256, 2.00 ×');
  expect(table).toContain('llada2, 4 layers, a prompt of 64: 90.0 experts of a layer in a step');
  // Half a second more, and a quarter of a gigabyte, for each of the 16 layers that are left.
  expect(table).toContain(
    'all 20 layers, drawn on from 2 and 4, not measured: 10.0 s a step, floor 0.500 s, 5.50 GB resident',
  );
});

test('what is in the file is not measured again, unless it was run otherwise', () => {
  const folder = mkdtempSync(join(tmpdir(), 'entrgi-blocks-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'new', 'blocks.jsonl');
  expect(readRecords<BlockResult>(file)).toEqual([]);
  const first = result('sdar', {});
  appendRecord(file, first);
  appendRecord(file, result('sdar', { dtype: 'q8' }));
  const results = readRecords<BlockResult>(file);
  const run = {
    ...blockRows.sdar,
    row: 'sdar',
    dtype: 'q4',
    int8Activations: false,
    threads: 2,
    cache: '',
  } as const;
  expect(resultOf(results, run, 28)).toEqual(first);
  expect(resultOf(results, run, 4)).toBeUndefined();
  expect(resultOf(results, { ...run, length: 32 }, 28)).toBeUndefined();
});
