import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InvalidArgumentError, mapTokens, type Vocabulary } from './index.js';

const vocabulary = (tokens: (string | undefined)[], rest: Partial<Vocabulary> = {}): Vocabulary => ({
  size: tokens.length,
  tokens,
  endIds: [],
  specialIds: [],
  ...rest,
});

const from = vocabulary(['the', 'cat', '<mask>', undefined, 'dog'], { size: 6 });

describe('maps by token string', () => {
  test('with the unknown token, else the end token, for what is missing', () => {
    const to = vocabulary(['<end>', 'dog', '<unk>', 'the'], { unknownId: 2, endIds: [0] });
    const map = mapTokens(from, to, { missing: 'unknown' });
    expect(map.ids).toEqual(Int32Array.of(3, 2, 2, 2, 1, 2));
    expect(map.found).toEqual(Uint8Array.of(1, 0, 0, 0, 1, 0));
    expect(map.coverage).toBe(0.5);
    expect(map.missing).toEqual(['cat', '<mask>']);
    const noUnknown = { ...to, unknownId: undefined };
    expect(mapTokens(from, noUnknown, { missing: 'unknown' }).ids[1]).toBe(0);
  });

  test('with a zero vector for what is missing', () => {
    const { ids } = mapTokens(from, vocabulary(['cat']), { missing: 'zero' });
    expect(ids).toEqual(Int32Array.of(-1, 0, -1, -1, -1, -1));
  });

  test('onto itself completely', () => {
    const map = mapTokens(from, from, { missing: 'zero' });
    expect(map.ids).toEqual(Int32Array.of(0, 1, 2, -1, 4, -1));
    expect(map).toMatchObject({ coverage: 1, missing: [] });
  });
});

test('never points past either table', () => {
  const token = fc.option(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { nil: undefined });
  const any = fc
    .record({
      tokens: fc.array(token, { minLength: 1, maxLength: 12 }),
      size: fc.integer({ min: 1, max: 12 }),
      unknownId: fc.option(fc.integer({ min: 0, max: 11 }), { nil: undefined }),
    })
    .map(({ tokens, ...rest }) => vocabulary(tokens, rest));
  fc.assert(
    fc.property(any, any, fc.constantFrom('unknown', 'zero'), (source, target, missing) => {
      if (missing === 'unknown' && !((target.unknownId ?? Number.POSITIVE_INFINITY) < target.size)) {
        expect(() => mapTokens(source, target, { missing })).toThrow(InvalidArgumentError);
        return;
      }
      const { ids, found } = mapTokens(source, target, { missing });
      expect(ids.length).toBe(source.size);
      ids.forEach((id, i) => {
        expect(id).toBeGreaterThanOrEqual(-1);
        expect(id).toBeLessThan(target.size);
        if (found[i] === 1) expect(target.tokens[id]).toBe(source.tokens[i]);
      });
    }),
  );
});
