import { expect, it } from 'vitest';
import { clipMessage } from './clip-message.js';
import { CheckpointError, EntrgiError } from './errors.js';

it('a message of usual length is as it is', () => {
  const usual = `${'/folder'.repeat(30)}/model.safetensors: expected 8 bytes, got 3.`;
  expect(clipMessage(usual)).toBe(usual);
});

it.each([
  ['a name', 'x'.repeat(5_000_000)],
  ['an address', `https://hub/${'a/'.repeat(10_000)}`],
  ['many words', 'word '.repeat(100_000)],
  ['pairs of surrogates', '🐰'.repeat(10_000)],
])('of %s that is long, beginning and end are shown, and what to do', (_, name) => {
  const error = new CheckpointError(`model.safetensors: tensor '${name}' is missing.`, {
    value: name,
    hint: 'Download it again.',
  });
  expect(error).toBeInstanceOf(EntrgiError);
  expect(error.message.length).toBeLessThan(4100);
  expect(error.message).toMatch(/^model\.safetensors: tensor '.*….*' is missing\. Download it again\.$/u);
  // Half a pair would not come back.
  expect(Buffer.from(error.message).toString()).toBe(error.message);
  expect(error.value).toBe(name);
});
