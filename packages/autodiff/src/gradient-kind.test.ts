import { describe, expect, it } from 'vitest';
import { gradientKind } from './gradient-kind.js';
import { rules } from './rules/index.js';

describe('gradientKind', () => {
  it.each([
    ['MatMul', 'flows'],
    ['com.microsoft.FusedMatMul', 'flows'],
    ['Shape', 'ends'],
    ['Round', 'refused'],
    ['FusedMatMul', 'unknown'],
    ['toString', 'unknown'],
  ])('%s: %s', (operator, kind) => {
    expect(gradientKind(operator)).toBe(kind);
  });

  it('knows every operator of the table', () => {
    expect(Object.keys(rules).filter((operator) => gradientKind(operator) === 'unknown')).toEqual([]);
  });
});
