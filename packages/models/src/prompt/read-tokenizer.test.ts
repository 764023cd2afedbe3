import { CheckpointError } from '@entrgi/core';
import { expect, it } from 'vitest';
import { fixture } from '../../fixtures/fixture.js';
import { readTokenizer } from './read-tokenizer.js';

it('reads tokenizer and config without weights', async () => {
  const { tokenizer, config } = await readTokenizer(fixture('bert-reward'), 200);
  expect(tokenizer.vocabulary).toMatchObject({ size: 200, padId: 0 });
  expect(config.count('max_position_embeddings')).toBe(48);
  const rows = config.count('vocab_size');
  const { tokenizer: short } = await readTokenizer(fixture('bert-reward'), rows - 1);
  expect(short.vocabulary.tokens).toEqual(tokenizer.vocabulary.tokens.slice(0, rows - 1));
  const last = tokenizer.vocabulary.tokens[rows - 1]!;
  expect([...tokenizer.encodeText(last)]).toEqual([rows - 1]);
  const use = () => short.encodeText(last);
  expect(use).toThrow(CheckpointError);
  expect(use).toThrow(`has id ${rows - 1}, but the embedding table has ${rows - 1} rows`);
});
