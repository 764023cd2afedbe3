import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { a2dShape, dreamShape, type Shape, skyworkShape } from '../checkpoints/shapes.js';
import { decoderCost } from './decoder-cost.js';

const directory = mkdtempSync(join(tmpdir(), 'entrgi-'));
afterAll(() => rmSync(directory, { recursive: true }));

const costOf = ({ config }: Shape) => {
  writeFileSync(join(directory, 'config.json'), JSON.stringify(config));
  return decoderCost(directory);
};

/** Weights of every matrix, from the tensors themselves. */
const matrixWeights = ({ tensors }: Shape) =>
  Object.entries(tensors)
    .filter(([name, dims]) => dims.length === 2 && name !== 'score.weight')
    .reduce((sum, [, [rows, columns]]) => sum + rows! * columns!, 0);

test.each([
  ['skywork', skyworkShape()],
  ['a2d', a2dShape()],
  ['dream', dreamShape()],
])('%s: as many weights as the matrices have', (_, shape) => {
  expect(costOf(shape).weights).toBe(matrixWeights(shape));
});

test('the published sizes: 0.6 and 7.6 billion parameters', () => {
  expect(costOf(skyworkShape()).weights / 1e9).toBeCloseTo(0.596, 3);
  expect(costOf(dreamShape()).weights / 1e9).toBeCloseTo(7.62, 2);
});

test('operations of one layer of the 0.6B shape, by hand', () => {
  const cost = costOf(skyworkShape({ layers: 1 }));
  // Per token: q and o 1024 · 2048 each, k and v 1024 · 1024 each, three of 1024 · 3072.
  const layer = 2 * (2 * 1024 * 2048 + 2 * 1024 * 1024 + 3 * 1024 * 3072);
  // Per pair of tokens: 16 heads of 128, scores and values.
  const pair = 4 * 16 * 128;
  expect(cost.forward({ batch: 2, tokens: 10 })).toBe(2 * (10 * layer + 100 * pair));
  expect(cost.forward({ batch: 2, tokens: 10, past: 5 })).toBe(2 * (10 * layer + 150 * pair));
  expect(cost.forwardAndGradient({ batch: 1, tokens: 10, past: 5 })).toBe(
    2 * 10 * layer + 3 * 100 * pair + 2 * 50 * pair,
  );
  expect(cost.logits(3)).toBe(2 * 3 * 1024 * 151_936);
});

test('a guidance step on 130 tokens costs 1.23 times as much with 1,024 tokens before it as with 64: attention alone', () => {
  const cost = costOf(skyworkShape());
  const [short, long] = [64, 1024].map((past) => cost.forwardAndGradient({ batch: 4, tokens: 130, past }));
  // Per token and layer: twice 31.5 M, three times 130 and twice 64 or 1,024 tokens of 8,192 each.
  expect(long! / short!).toBeCloseTo(
    (2 * 31.457 + 0.008192 * (390 + 2048)) / (2 * 31.457 + 0.008192 * (390 + 128)),
    4,
  );
});
