import { CheckpointError } from '@entrgi/core';
import { expect, it } from 'vitest';
import { fixture } from '../fixtures/fixture.js';
import { readTokenizer } from './read-tokenizer.js';

it('reads tokenizer and config without weights', async () => {
  const { tokenizer, config } = await readTokenizer(fixture('bert-reward'), 200);
  expect(tokenizer.vocabulary).toMatchObject({ size: 200, padId: 0 });
  expect(config.count('max_position_embeddings')).toBe(48);
  const rows = config.count('vocab_size');
  const tooFew = readTokenizer(fixture('bert-reward'), rows - 1);
  await expect(tooFew).rejects.toThrow(CheckpointError);
  await expect(tooFew).rejects.toThrow(`has id ${rows - 1}, but the embedding table has ${rows - 1} rows`);
});
