import { InvalidArgumentError } from 'commander';
import { expect, test } from 'vitest';
import { parseParts } from './sampling-options.js';

test('reads what stands in a response', () => {
  expect(parseParts('["Once", 4, null, " The end."]')).toEqual(['Once', 4, null, ' The end.']);
});

test.each(['', 'Once', '"Once"', '{"a": 1}', '["Once"'])('refuses %j', (text) => {
  expect(() => parseParts(text)).toThrow(InvalidArgumentError);
});
