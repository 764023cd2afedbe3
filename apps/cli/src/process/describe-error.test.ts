import { readFile } from 'node:fs/promises';
import { CheckpointError, InvalidArgumentError } from '@entrgi/core';
import { expect, test } from 'vitest';
import { describeError } from './describe-error.js';

test('our errors say it themselves', () => {
  const error = new CheckpointError('model.safetensors: expected 8 bytes, got 3.', {
    hint: 'Download it again.',
  });
  expect(describeError(error)).toBe('model.safetensors: expected 8 bytes, got 3. Download it again.');
});

test('errors of the operating system name the file and the hint', async () => {
  const error = await readFile('/nowhere/at/all').catch((e) => e);
  expect(describeError(error)).toBe('/nowhere/at/all: no such file or directory. Check the path.');
  const loop = Object.assign(new Error('ELOOP'), { code: 'ELOOP', path: 'a' });
  expect(describeError(loop)).toBe('a: it is a link that leads back to itself. Check the path.');
});

test('anything else is called unexpected', () => {
  expect(describeError(new TypeError('x is not a function'))).toBe(
    'Unexpected TypeError: x is not a function. Run again with ENTRGI_DEBUG=1 to see where, and please report it.',
  );
  expect(describeError('thrown text')).toMatch(/^Unexpected failure: thrown text\./);
});

test('it is one line, without terminal escapes', () => {
  const error = new CheckpointError('tensor "\u001b[31mred\u0007"\r\n  is missing.\n');
  expect(describeError(error)).toBe('tensor "[31mred" is missing.');
});

test.each([
  ['topP: expected a number, got x.', 'topP', '--top-p: expected a number, got x.'],
  ['loadReward: topP: expected a number, got x.', 'topP', '--top-p: expected a number, got x.'],
  ['models/a: topP: expected a number, got x.', 'topP', 'models/a: --top-p: expected a number, got x.'],
  ['models/topP: label: there is none.', 'topP', 'models/topP: label: there is none.'],
  ['stepz: no.', 'stepz', 'stepz: no.'],
  ['topP: no argument is at fault.', undefined, 'topP: no argument is at fault.'],
])('%s is about the option as it is written', (message, argument, described) => {
  const error = new InvalidArgumentError(message, { argument });
  expect(describeError(error, new Map([['topP', '--top-p']]))).toBe(described);
});

test('a hint says options as they are written, and only there', () => {
  const flags = new Map([
    ['attention', '--attention'],
    ['blockLength', '--block-length'],
  ]);
  const hint = "Say attention: 'block-causal' and blockLength: 32, or device: 'cpu'.";
  const error = new InvalidArgumentError("m: attention: 'x' says nothing.", { argument: 'steps', hint });
  expect(describeError(error, flags)).toBe(
    "m: attention: 'x' says nothing. Say --attention block-causal and --block-length 32, or device: 'cpu'.",
  );
});
