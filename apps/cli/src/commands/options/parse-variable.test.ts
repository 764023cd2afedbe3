import { InvalidArgumentError } from 'commander';
import { expect, test } from 'vitest';
import { parseVariable } from './parse-variable.js';

test('collects variables of chat templates', () => {
  expect(parseVariable('enable_thinking=false')).toEqual({ enable_thinking: false });
  expect(parseVariable('a="b=c"', { x: 1 })).toEqual({ x: 1, a: 'b=c' });
  expect(parseVariable('tools=[{"name": "f"}]', { tools: null })).toEqual({ tools: [{ name: 'f' }] });
});

test.each(['', 'a', '=1', '1a=1', 'a=', 'a=text', 'a={'])('refuses %j', (text) => {
  expect(() => parseVariable(text)).toThrow(InvalidArgumentError);
});
