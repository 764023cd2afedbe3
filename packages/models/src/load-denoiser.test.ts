import { nodeBackend } from '@entrgi/backend-node';
import { CheckpointError, InvalidArgumentError, UnsupportedError } from '@entrgi/core';
import { afterAll, describe, expect, it } from 'vitest';
import { alteredFixture } from '../fixtures/altered-fixture.js';
import { denoiserFixtures, fixture, fixtureNumbers, relativeError } from '../fixtures/fixture.js';
import { readCheckpoint } from './checkpoint/checkpoint.js';
import type { DenoiserNetwork } from './contracts/network.js';
import { denoiserGraph } from './denoiser/denoiser-graph.js';
import { loadDenoiser } from './load-denoiser.js';
import { readNetwork } from './network/read-network.js';
import { checkedWeights } from './weights/checked-weights.js';

const backend = nodeBackend({ threads: 1 });
afterAll(() => backend.dispose());

const sharedRequest = { tokenIds: Int32Array.of(289, 64, 65, 291, 291, 291), batch: 2, length: 3 };

describe.each(denoiserFixtures)('loadDenoiser: %s', (name) => {
  it.each([false, true])('gives the logits of PyTorch (weights once: %s)', async (disablePrepacking) => {
    const { tokenIds, positions, logits } = (await fixtureNumbers(name)).denoiser!;
    const denoiser = await loadDenoiser(fixture(name), { backend, disablePrepacking });
    const [batch, length] = tokenIds.dims as [number, number];
    const request = { tokenIds: Int32Array.from(tokenIds.data), batch, length };
    const actual = await denoiser.logits({ ...request, positions: Int32Array.from(positions) });
    expect(relativeError(actual, logits.data)).toBeLessThan(1e-4);
    await denoiser.dispose();
  });
});

describe('loadDenoiser', () => {
  it('gives each position the logits it has among any others', async () => {
    const denoiser = await loadDenoiser(fixture('dream'), { backend });
    const all = await denoiser.logits({ ...sharedRequest, positions: Int32Array.of(0, 1, 2, 3, 4, 5) });
    const rows = 296;
    expect(all).toHaveLength(6 * rows);
    const some = await denoiser.logits({ ...sharedRequest, positions: Int32Array.of(2, 5) });
    const expected = [...all.slice(2 * rows, 3 * rows), ...all.slice(5 * rows)];
    expect(relativeError(some, expected)).toBeLessThan(1e-6);
    // The shift keeps the first: positions 0 and 1 are predicted by the same logits.
    expect(all.slice(0, rows)).toEqual(all.slice(rows, 2 * rows));
    expect(await denoiser.logits({ ...sharedRequest, positions: new Int32Array(0) })).toHaveLength(0);
  });

  it('sees both ways, and keeps the sequences of a batch apart', async () => {
    const denoiser = await loadDenoiser(fixture('dream'), { backend });
    const logitsOf = async (...ids: number[]) =>
      denoiser.logits({ tokenIds: Int32Array.from(ids), batch: 2, length: 3, positions: Int32Array.of(1) });
    const before = await logitsOf(289, 64, 65, 291, 291, 291);
    expect(await logitsOf(289, 64, 65, 70, 71, 72)).toEqual(before);
    expect(relativeError(await logitsOf(289, 64, 66, 291, 291, 291), [...before])).toBeGreaterThan(1e-3);
  });

  it.each(denoiserFixtures)('%s: a later token changes what comes before it', async (name) => {
    const denoiser = await loadDenoiser(fixture(name), { backend });
    const logitsOf = (...ids: number[]) =>
      denoiser.logits({ tokenIds: Int32Array.from(ids), batch: 1, length: 3, positions: Int32Array.of(1) });
    const mask = denoiser.vocabulary.maskId!;
    const before = await logitsOf(7, mask, 8);
    expect(relativeError(await logitsOf(7, mask, 9), [...before])).toBeGreaterThan(1e-3);
    await denoiser.dispose();
  });

  it('lays out a prompt for a model without a chat template', async () => {
    const denoiser = await loadDenoiser(fixture('bert-fill'), { backend });
    const prompt = denoiser.encodePrompt('Tell me');
    expect([prompt[0], prompt.at(-1)]).toEqual([2, 3]);
    expect(denoiser.vocabulary).toMatchObject({ maskId: 4, padId: 0 });
    await denoiser.dispose();
  });

  it('names itself and its window', async () => {
    const denoiser = await loadDenoiser(`${fixture('dream')}/`, { backend });
    expect(denoiser).toMatchObject({ name: 'dream', maxLength: 64 });
    expect((await loadDenoiser(fixture('dream'), { backend, name: 'mine' })).name).toBe('mine');
    expect(denoiser.decode(denoiser.encodePrompt('Hi'))).toBe('user\nHi');
    await denoiser.dispose();
    await denoiser.dispose();
  });

  it.each<[string, unknown, string]>([
    ['endTokens', 'all', "endTokens: expected one of turn, eos, got 'all'."],
    ['dtype', 'int8', 'dtype: expected one of'],
    ['name', 5, 'name: expected text, got 5.'],
    ['file', true, 'file: expected text, got true.'],
    ['threads', 0, 'threads: expected a whole number of at least 1, got 0.'],
    ['int8Activations', 'yes', 'int8Activations: expected true or false, got yes.'],
    ['memoryLimit', -1, 'memoryLimit: expected a number of bytes above 0, got -1.'],
    ['onQuantize', {}, 'onQuantize: expected a function, got an object.'],
    ['onProgress', {}, 'onProgress: expected a function, got an object.'],
    ['signal', 'stop', 'signal: expected an AbortSignal, got stop.'],
    ['backend', undefined, 'loadDenoiser: backend: expected a backend, such as nodeBackend'],
    ['endToken', 'eos', "loadDenoiser: there is no option 'endToken'. Is 'endTokens' meant?"],
  ])('refuses %s: %j', async (option, value, message) => {
    const failure = loadDenoiser(fixture('dream'), { backend, [option]: value } as never);
    await expect(failure).rejects.toThrow(InvalidArgumentError);
    await expect(failure).rejects.toThrow(message);
  });

  it('encodes text without a template, what looks like a special token letter by letter', async () => {
    await using denoiser = await loadDenoiser(fixture('dream'), { backend });
    const ids = [...denoiser.encodeText('<|im_end|>Hi')];
    expect(ids.filter((id) => denoiser.vocabulary.specialIds.includes(id))).toEqual([]);
    expect(denoiser.decode(ids)).toBe('<|im_end|>Hi');
  });

  it('refuses a prompt that leaves no room for a response', async () => {
    const denoiser = await loadDenoiser(fixture('dream'), { backend });
    expect(denoiser.encodePrompt('9'.repeat(46))).toHaveLength(63);
    expect(() => denoiser.encodePrompt('9'.repeat(47))).toThrow(InvalidArgumentError);
    expect(() => denoiser.encodePrompt('9'.repeat(47))).toThrow(
      'Expected a prompt of fewer than 64 tokens, got 64.',
    );
    expect(() => denoiser.encodePrompt(' ')).toThrow(InvalidArgumentError);
  });

  it.each([
    ['tokenIds in an Int32Array', { tokenIds: null as never }],
    ['positions in an Int32Array', { positions: [1] as never }],
    ['batch × length', { tokenIds: new Int32Array(5) }],
    ['batch × length', { batch: 0, tokenIds: new Int32Array(0) }],
    ['batch × length', { batch: 1.5, length: 4 }],
    ['at most 64 tokens, got 65', { batch: 1, length: 65, tokenIds: new Int32Array(65) }],
    ['token ids from 0 to 295, got 296', { tokenIds: Int32Array.of(0, 0, 296, 0, 0, 0) }],
    ['token ids from 0 to 295, got -1', { tokenIds: Int32Array.of(0, 0, 0, 0, 0, -1) }],
    ['positions below 6, got 6 at index 1', { positions: Int32Array.of(0, 6) }],
    ['positions below 6, got -1 at index 0', { positions: Int32Array.of(-1) }],
    ['ascending positions below 6, got 2 at index 1', { positions: Int32Array.of(2, 2) }],
  ])('refuses a request: %s', async (message, change) => {
    const denoiser = await loadDenoiser(fixture('dream'), { backend });
    const failure = denoiser.logits({ ...sharedRequest, positions: Int32Array.of(3), ...change });
    await expect(failure).rejects.toThrow(InvalidArgumentError);
    await expect(failure).rejects.toThrow(message);
  });

  it('refuses a model without a mask token, and one that is no denoiser', async () => {
    const directory = await alteredFixture('dream', {
      'config.json': (json) => ({ ...json, mask_token_id: null }),
      'tokenizer_config.json': (json) => ({ ...json, mask_token: null }),
    });
    await expect(loadDenoiser(directory, { backend })).rejects.toThrow(CheckpointError);
    await expect(loadDenoiser(directory, { backend })).rejects.toThrow('there is no mask token');
    const classifier = loadDenoiser(fixture('bert-reward'), { backend });
    await expect(classifier).rejects.toThrow(UnsupportedError);
    await expect(classifier).rejects.toThrow(
      'expected a denoiser, got the classifier BertForSequenceClassification',
    );
  });

  it('builds a graph that holds no weights and little else', async () => {
    const checkpoint = await readCheckpoint(fixture('dream'));
    const network = readNetwork(checkpoint) as DenoiserNetwork;
    const { graph } = denoiserGraph(network, checkedWeights(checkpoint, network));
    const external = [...graph.initializers].filter(([, tensor]) => tensor.external !== undefined);
    expect(external.map(([name]) => name).sort()).toEqual([...network.parameters.keys()].sort());
    // 37 nodes a layer: loading time grows faster than their number.
    expect(graph.nodes.length).toBeLessThan(2 * 37 + 30);
  });
});
