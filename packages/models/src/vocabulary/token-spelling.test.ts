import { readFileSync } from 'node:fs';
import type { Vocabulary } from '@entrgi/core';
import { describe, expect, it } from 'vitest';
import { mapTokens } from '../token-map/token-map.js';
import type { TokenizerFile } from './token-codec.js';
import { tokenSpelling } from './token-spelling.js';

interface Fixture {
  readonly tokenizers: Readonly<Record<string, TokenizerFile>>;
  /** Tokens of two tokenizers that cover the same stretch of a text, and how often. */
  readonly counterparts: Readonly<Record<string, readonly [from: number, to: number, count: number][]>>;
}

const { tokenizers, counterparts } = JSON.parse(
  readFileSync(new URL('../../fixtures/token-spellings.json', import.meta.url), 'utf8'),
) as Fixture;

const vocabularyOf = (file: TokenizerFile): Vocabulary => {
  const tokens: string[] = [];
  const { vocab } = file.model;
  if (Array.isArray(vocab)) for (const [id, [token]] of vocab.entries()) tokens[id] = token;
  else for (const [token, id] of Object.entries(vocab as Record<string, number>)) tokens[id] = token;
  for (const { id, content } of file.added_tokens) tokens[id] = content;
  const [unknownId, padId, end] = ['<unk>', '<pad>', '<end>'].map((token) => tokens.indexOf(token));
  return {
    size: tokens.length,
    tokens,
    spelling: tokenSpelling(file, tokens),
    unknownId: unknownId!,
    padId: padId!,
    endIds: [end!],
    specialIds: [unknownId!, padId!, end!],
  };
};
const vocabularies = Object.fromEntries(
  Object.entries(tokenizers).map(([name, file]) => [name, vocabularyOf(file)]),
);

/**
 * What a map by spelling cannot know: whether a piece without a space before it begins a word ('(the'), whether one of the space before a
 * word, or of its capital letter, was lost in encoding, and which of two pieces of a word that may end there does.
 */
const sameButForSpace = (a: string | undefined, b: string | undefined): boolean =>
  a !== undefined && b !== undefined && plain(a) === plain(b);
const plain = (text: string) =>
  text
    .trim()
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '');

describe('tokens that cover the same stretch of text are each other’s counterparts', () => {
  it.each(Object.entries(counterparts))('%s', (pair, pairs) => {
    const [from, to] = pair.split(' → ').map((name) => vocabularies[name]!) as [Vocabulary, Vocabulary];
    const { ids } = mapTokens(from, to, { missingTokens: 'zero' });
    const total = pairs.reduce((sum, [, , count]) => sum + count, 0);
    let same = 0;
    for (const [a, b, count] of pairs) {
      if (ids[a] === b) same += count;
      const text = to.spelling!.texts[ids[a]!];
      // Another token may have been found, or none, but never one for another word.
      if (ids[a] !== -1)
        expect(sameButForSpace(text, to.spelling!.texts[b]), `${from.tokens[a]} → ${text}`).toBe(true);
    }
    expect(same / total).toBeGreaterThan(0.8);
  });
});
