import { expect, test } from 'vitest';
import { candidateTable } from './candidate-table.js';

test('a line for each case', () => {
  const [, , line] = candidateTable([
    {
      temperature: 0.7,
      learningRate: 0.5,
      tolerance: 1e-6,
      kept: 0.1234,
      positions: 48,
      mean: 1.26e-5,
      p99: 0.002,
      max: 0.25,
      beyond: 0.5,
      equalTokens: 1,
    },
  ]).split('\n');
  expect(line).toBe('| 0.7 | 0.5 | 1e-6 | 12.3 % | 48 | 1.3e-5 | 2.0e-3 | 2.5e-1 | 50.0 % | 100.0 % |');
});
