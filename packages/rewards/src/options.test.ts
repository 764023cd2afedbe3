import { nodeBackend } from '@entrgi/backend-node';
import { InvalidArgumentError } from '@entrgi/core';
import { loadClassifier } from '@entrgi/models';
import { afterAll, describe, expect, it } from 'vitest';
import { checkpoint } from '../fixtures/torch-numbers.js';
import { blackBoxReward, compositeReward, loadReward, networkReward } from './index.js';

const backend = nodeBackend({ threads: 1 });
afterAll(() => backend.dispose());
const directory = checkpoint('qwen3-reward');
const network = await loadClassifier(directory);

const loaders: readonly (readonly [string, (options: never) => unknown])[] = [
  ['loadReward', (options) => loadReward(directory, options)],
  ['networkReward', async (options) => networkReward(network, options)],
];
/** Every option that is not text or true or false, and what it refuses. */
const wrong: readonly (readonly [string, unknown, string])[] = [
  ['minimumCoverage', '0.5', 'minimumCoverage: expected a number from 0 to 1, got 0.5.'],
  ['minimumCoverage', Number.NaN, 'minimumCoverage: expected a number from 0 to 1, got NaN.'],
  ['minimumCoverage', 1.01, 'minimumCoverage: expected a number from 0 to 1, got 1.01.'],
  ['minimumCoverage', -0.1, 'minimumCoverage: expected a number from 0 to 1, got -0.1.'],
  ['minimumCoverage', null, 'minimumCoverage: expected a number from 0 to 1, got null.'],
  ['missingTokens', 'x', "missingTokens: expected 'unknown' or 'zero', got x."],
  ['onWarning', true, 'onWarning: expected a function, got true.'],
  ['threads', 1.5, 'threads: expected a whole number of at least 1, got 1.5.'],
  ['threads', '2', 'threads: expected a whole number of at least 1, got 2.'],
  ['disablePrepacking', 1, 'disablePrepacking: expected true or false, got 1.'],
  ['recompute', 'no', 'recompute: expected true or false, got no.'],
  ['prefixReuse', 0, 'prefixReuse: expected true or false, got 0.'],
  ['name', 7, 'name: expected text, got 7.'],
  ['backend', {}, 'backend.createSession: expected a backend, such as nodeBackend'],
  ['backend', undefined, 'backend: expected a backend, such as nodeBackend'],
  ['misssingTokens', 'zero', "there is no option 'misssingTokens'. Is 'missingTokens' meant?"],
];
const wrongOfLoaders: typeof wrong = [
  ['onProgress', 'print', 'onProgress: expected a function, got print.'],
  ['signal', {}, 'signal: expected an AbortSignal'],
  ['offline', 'yes', 'offline: expected true or false, got yes.'],
  ['minimumRate', -1, 'minimumRate: expected a number of bytes a second, 0 or more, got -1.'],
  ['revision', 1, 'revision: expected text, got 1.'],
  ['memoryLimit', '4GB', 'memoryLimit: expected a number of bytes above 0, got 4GB.'],
  ['memoryLimit', Number.NaN, 'memoryLimit: expected a number of bytes above 0, got NaN.'],
  ['file', 1, 'file: expected text, got 1.'],
  ['output', 1, 'output: expected text, got 1.'],
  ['maxLength', 0, 'maxLength: expected a whole number of at least 1, got 0.'],
  ['label', -1, 'label: expected a whole number of at least 0'],
  ['label', 0.5, 'label: expected a whole number of at least 0'],
  ['label', true, 'label: expected a number or a name, got true.'],
];

describe.each(loaders)('%s', (name, load) => {
  const all = name === 'networkReward' ? wrong : [...wrong, ...wrongOfLoaders];
  it.each(all)('refuses %s: %j', async (option, value, message) => {
    const failure = load({ backend, [option]: value } as never);
    await expect(failure).rejects.toThrow(InvalidArgumentError);
    await expect(failure).rejects.toThrow(`${name}: ${message}`);
  });

  it('refuses what are no options', async () => {
    for (const options of [undefined, null, 'backend']) {
      await expect(load(options as never)).rejects.toThrow(`${name}: expected an object of options`);
    }
  });
});

it('shows no token, whatever it is', async () => {
  const failure = loadReward(directory, { backend, token: 123456 } as never);
  await expect(failure).rejects.toThrow(/token: expected text\.$/);
});

it.each([[undefined], [5], [{}]])('%j is no source', async (source) => {
  await expect(loadReward(source as never, { backend })).rejects.toThrow('source: expected text, got');
});

const reward = blackBoxReward('length', (_, responses) => responses.map((text) => text.length));

it.each<[unknown, string]>([
  [undefined, 'compositeReward: expected an array of rewards with weights, got undefined.'],
  [reward, 'compositeReward: expected an array of rewards with weights'],
  [[reward], 'compositeReward: parts[0]: expected { reward, weight }, got'],
  [[{ reward, wieght: 1 }], "compositeReward: parts[0]: there is no option 'wieght'. Is 'weight' meant?"],
  [[{ reward }], "Weight of reward 'length': expected a finite number, got undefined."],
  [[{ reward, weight: '2' }], "Weight of reward 'length': expected a finite number, got 2."],
  [[{ weight: 1 }], 'compositeReward: parts[0]: reward: expected a reward, such as loadReward'],
  [[{ reward: {}, weight: 1 }], 'compositeReward: parts[0]: reward.score: expected a reward'],
  [[{ reward, weight: 1 }, undefined], 'compositeReward: parts[1]: expected an object of options'],
  [new Array(1), 'compositeReward: parts[0]: expected an object of options'],
])('compositeReward refuses %j', (parts, message) => {
  expect(() => compositeReward(parts as never)).toThrow(InvalidArgumentError);
  expect(() => compositeReward(parts as never)).toThrow(message);
});

it.each<[unknown, unknown, string]>([
  [undefined, () => [], 'blackBoxReward: name: expected a name, got undefined.'],
  [' ', () => [], 'blackBoxReward: name: expected a name'],
  ['length', undefined, 'blackBoxReward: rate: expected a function from prompt and responses to numbers'],
  [() => [], 'length', 'blackBoxReward: name: expected a name, got a function.'],
])('blackBoxReward refuses %j, %j', (name, rate, message) => {
  expect(() => blackBoxReward(name as never, rate as never)).toThrow(InvalidArgumentError);
  expect(() => blackBoxReward(name as never, rate as never)).toThrow(message);
});
