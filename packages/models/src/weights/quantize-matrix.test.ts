import { describe, expect, it } from 'vitest';
import { packCodes, quantize } from './quantize.js';
import { quantizeMatrix } from './quantize-matrix.js';

const [rows, columns] = [256, 96];
const values = Float32Array.from({ length: rows * columns }, (_, i) => Math.sin(i) * (1 + (i % 7)));

/** Runs a job whose file is an array. */
const run = async (bits: 4 | 8, limits: { bandBytes?: number; panelBytes?: number }) => {
  const [weightBytes, scaleBytes] = [(rows * columns * bits) / 8, (rows * columns) / 8];
  const file = new Uint8Array(2 * (weightBytes + scaleBytes));
  const reads: number[] = [];
  const done = await quantizeMatrix({
    rows,
    columns,
    quantization: { bits, tileRows: 32 },
    async read(first, count) {
      reads.push(count);
      return values.slice(first * columns, (first + count) * columns);
    },
    async write(bytes, offset) {
      file.set(bytes, offset);
    },
    writeStrided(bytes, pieces, offset, stride) {
      const length = bytes.length / pieces;
      for (let i = 0; i < pieces; i++) {
        file.set(bytes.subarray(i * length, (i + 1) * length), offset + i * stride);
      }
    },
    place: { weight: 0, scales: weightBytes },
    transposed: { weight: weightBytes + scaleBytes, scales: 2 * weightBytes + scaleBytes },
    ...limits,
  });
  expect(done).toBe(true);
  return { file, reads, weightBytes, scaleBytes };
};

describe('quantizeMatrix', () => {
  it.each([
    ['at once', {}, [256]],
    ['by bands', { bandBytes: 64 * columns * 4 }, [64, 64, 64, 64]],
    ['by bands and panels', { bandBytes: 1, panelBytes: 1 }, [32, 32, 32, 32, 32, 32, 32, 32]],
    ['by panels of two bands', { bandBytes: 1, panelBytes: 64 * columns }, [32, 32, 32, 32, 32, 32, 32, 32]],
  ])('%s: the matrix and its transpose, the same codes and scales', async (_, limits, expectedReads) => {
    for (const bits of [4, 8] as const) {
      const { codes, scales } = quantize(values, columns, { bits, tileRows: 32 })!;
      const tile = (row: number, column: number) =>
        scales[Math.floor(row / 32) * (columns / 32) + Math.floor(column / 32)]!;
      const turned = Uint8Array.from(codes, (_, i) => codes[(i % rows) * columns + Math.floor(i / rows)]!);
      const { file, reads, weightBytes, scaleBytes } = await run(bits, limits);
      expect(reads).toEqual(expectedReads);
      const half = weightBytes + scaleBytes;
      expect(file.subarray(0, weightBytes)).toEqual(packCodes(codes, bits));
      expect(file.subarray(half, half + weightBytes)).toEqual(packCodes(turned, bits));
      const floats = (from: number) => [...new Float32Array(file.slice(from, from + scaleBytes).buffer)];
      const blocks = Array.from({ length: (rows * columns) / 32 }, (_, i) => i);
      expect(floats(weightBytes)).toEqual(
        blocks.map((i) => tile(Math.floor(i / (columns / 32)), 32 * (i % (columns / 32)))),
      );
      expect(floats(half + weightBytes)).toEqual(
        blocks.map((i) => tile(32 * (i % (rows / 32)), Math.floor(i / (rows / 32)))),
      );
    }
  });
});
