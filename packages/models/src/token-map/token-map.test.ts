import { InvalidArgumentError, type Vocabulary } from '@entrgi/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mapTokens } from './token-map.js';

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
    const map = mapTokens(from, to, { missingTokens: 'unknown' });
    expect(map.ids).toEqual(Int32Array.of(3, 2, 2, 2, 1, 2));
    expect(map.found).toEqual(Uint8Array.of(1, 0, 0, 0, 1, 0));
    expect(map.coverage).toBe(0.5);
    expect(map.missingTokens).toEqual(['cat', '<mask>']);
    const noUnknown = { ...to, unknownId: undefined };
    expect(mapTokens(from, noUnknown, { missingTokens: 'unknown' }).ids[1]).toBe(0);
  });

  test('with a zero vector for what is missing', () => {
    const { ids } = mapTokens(from, vocabulary(['cat']), { missingTokens: 'zero' });
    expect(ids).toEqual(Int32Array.of(-1, 0, -1, -1, -1, -1));
  });

  test('onto itself completely', () => {
    const map = mapTokens(from, from, { missingTokens: 'zero' });
    expect(map.ids).toEqual(Int32Array.of(0, 1, 2, -1, 4, -1));
    expect(map).toMatchObject({ coverage: 1, missingTokens: [] });
  });
});

describe('maps by what tokens spell', () => {
  const spelled = (
    tokens: string[],
    texts: (string | undefined)[],
    rest: Partial<Vocabulary> & { implied?: boolean; lowercase?: boolean } = {},
  ): Vocabulary => {
    const { implied = false, lowercase = false, ...others } = rest;
    const spelling = {
      texts,
      spaces: implied ? 'implied' : 'written',
      lowercase,
      stripAccents: lowercase,
    } as const;
    return vocabulary(tokens, { spelling, ...others });
  };
  const bytes = spelled(
    ['Ġcat', 's', 'cat', 'The', '.', 'Ċ', 'ĠÃ©tÃ©', '<end>', '<mask>', 'Ġnew'],
    [' cat', 's', 'cat', 'The', '.', '\n', ' été', undefined, undefined, ' new'],
    { endIds: [7], maskId: 8, specialIds: [7, 8] },
  );
  const map = (to: Vocabulary) => mapTokens(bytes, to, { missingTokens: 'zero' });

  test('with pieces that begin a word and pieces inside one; a word may stand without a space before it', () => {
    const pieces = spelled(
      ['[SEP]', 'cat', '##s', 's', 'the', '.', 'ete', '[MASK]'],
      [undefined, ' cat', 's', ' s', ' the', '.', ' ete', undefined],
      { implied: true, lowercase: true, separatorId: 0, maskId: 7, specialIds: [0, 7] },
    );
    const { ids, missingTokens: missing } = map(pieces);
    expect(ids).toEqual(Int32Array.of(1, 2, 1, 4, 5, -1, 6, 0, 7, -1));
    expect(missing).toEqual(['Ċ', 'Ġnew']);
  });

  test('with marked spaces and single bytes; a space that is written counts', () => {
    const marked = spelled(
      ['</s>', '<0x0A>', 'cat', '▁cat', '▁été', 'new'],
      [undefined, '\n', 'cat', ' cat', ' été', 'new'],
      {
        endIds: [0],
        specialIds: [0],
      },
    );
    expect(map(marked).ids).toEqual(Int32Array.of(3, -1, 2, -1, -1, 1, 4, 0, -1, -1));
  });

  test('of several that spell the same, the one with the same string', () => {
    const twice = spelled(['Cat', 'Ġcat', 'other', 'cat'], [' cat', ' cat', 'cat', 'cat']);
    expect([...map(twice).ids.slice(0, 3)]).toEqual([1, -1, 3]);
  });

  test('a string that spells something else is another token', () => {
    const words = spelled(['cat', 's'], [' cat', ' s'], { implied: true });
    const pieces = spelled(['s', '##s'], [' s', 's'], { implied: true });
    expect(mapTokens(pieces, words, { missingTokens: 'zero' }).ids).toEqual(Int32Array.of(1, 1));
    expect(mapTokens(pieces, spelled(['s'], ['s']), { missingTokens: 'zero' }).ids).toEqual(
      Int32Array.of(0, 0),
    );
  });

  test('coverage counts what is said, not what there is', () => {
    const letters = Array.from({ length: 26 }, (_, i) => String.fromCharCode(97 + i));
    const rare = Array.from({ length: 974 }, (_, i) => `never${i}`);
    const from = spelled([...letters, ...rare], [...letters, ...rare]);
    expect(mapTokens(from, spelled(letters, letters), { missingTokens: 'zero' }).coverage).toBe(1);
    expect(mapTokens(from, spelled(rare, rare), { missingTokens: 'zero' }).coverage).toBe(0);
    const noE = letters.filter((letter) => letter !== 'e');
    // 'e' is every eighth letter or so of English.
    expect(mapTokens(from, spelled(noE, noE), { missingTokens: 'zero' }).coverage).toBeCloseTo(0.88, 1);
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
        expect(() => mapTokens(source, target, { missingTokens: missing })).toThrow(InvalidArgumentError);
        return;
      }
      const { ids, found } = mapTokens(source, target, { missingTokens: missing });
      expect(ids.length).toBe(source.size);
      ids.forEach((id, i) => {
        expect(id).toBeGreaterThanOrEqual(-1);
        expect(id).toBeLessThan(target.size);
        if (found[i] === 1 && target.tokens[id] !== source.tokens[i]) {
          expect([i, id]).toEqual([source.unknownId, target.unknownId]);
        }
      });
    }),
  );
});
