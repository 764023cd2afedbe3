import { readFile } from 'node:fs/promises';
import { nodeBackend } from '@entrgi/backend-node';
import { type Tensor, UnsupportedError } from '@entrgi/core';
import { encodeModel, GraphBuilder } from '@entrgi/onnx';
import { afterAll, describe, expect, it } from 'vitest';
import { alteredFixture } from '../fixtures/altered-fixture.js';
import {
  classifierFixtures,
  type FixtureTensor,
  fixture,
  fixtureNumbers,
  relativeError,
} from '../fixtures/fixture.js';
import { loadClassifier } from './load-classifier.js';

const backend = nodeBackend({ threads: 1 });
afterAll(() => backend.dispose());

const float32 = ({ dims, data }: FixtureTensor): Tensor => ({
  type: 'float32',
  dims,
  data: Float32Array.from(data),
});
const int64 = ({ dims, data }: FixtureTensor): Tensor => ({
  type: 'int64',
  dims,
  data: BigInt64Array.from(data, BigInt),
});

describe.each(classifierFixtures)('loadClassifier: %s', (name) => {
  it('gives the rewards of PyTorch for token ids', async () => {
    const { tokenIds, segments, rewards } = (await fixtureNumbers(name)).classifier!.tokens;
    const classifier = await loadClassifier(fixture(name));
    const g = new GraphBuilder();
    const ids = g.input('ids', 'int64', ['batch', 'length']);
    const types = g.input('segments', 'int64', ['batch', 'length']);
    const embeds = classifier.embed(g, ids);
    const attention = g.Expand(g.int64s([1]), g.Shape(ids));
    g.output(classifier.rewards(g, { embeds, attention, segments: types, ids }), 'rewards');
    const session = await backend.createSession({
      bytes: encodeModel(g.model()),
      ...(await classifier.external()),
    });
    const outputs = await session.run({ ids: int64(tokenIds), segments: int64(segments) });
    expect(relativeError(outputs.rewards!.data as Float32Array, rewards.data)).toBeLessThan(1e-4);
    await session.dispose();
  });

  it('gives the rewards of PyTorch for soft embeddings of which some are hidden', async () => {
    const numbers = (await fixtureNumbers(name)).classifier!.embeds;
    const classifier = await loadClassifier(fixture(name));
    const g = new GraphBuilder();
    const embeds = g.input('embeds', 'float32', ['batch', 'length', classifier.width]);
    const attention = g.input('attention', 'int64', ['batch', 'length']);
    const segments = g.input('segments', 'int64', ['batch', 'length']);
    const ids = g.Expand(g.int64s([-1]), g.Shape(attention));
    g.output(classifier.rewards(g, { embeds, attention, segments, ids }), 'rewards');
    const session = await backend.createSession({
      bytes: encodeModel(g.model()),
      ...(await classifier.external()),
    });
    const outputs = await session.run({
      embeds: float32(numbers.embeds),
      attention: int64(numbers.attention),
      segments: int64(numbers.segments),
    });
    expect(relativeError(outputs.rewards!.data as Float32Array, numbers.rewards.data)).toBeLessThan(1e-4);
    await session.dispose();
  });
});

describe.each(['qwen3-reward', 'qwen3-reward-bf16', 'qwen2-reward', 'llama-reward'])('prefix: %s', (name) => {
  it('continues to the rewards of PyTorch from wherever a sequence is cut', async () => {
    const { tokenIds, rewards } = (await fixtureNumbers(name)).classifier!.tokens;
    const classifier = await loadClassifier(fixture(name));
    const g = new GraphBuilder();
    const embedded = (ids: string) => classifier.embed(g, ids);
    const start = classifier.prefix!.append(g, embedded(g.input('start', 'int64', [1, 'start'])));
    const middle = classifier.prefix!.append(g, embedded(g.input('middle', 'int64', [1, 'middle'])), [start]);
    const ids = g.input('ids', 'int64', [1, 'length']);
    const ones = g.Expand(g.int64s([1]), g.Shape(ids));
    const inputs = { embeds: embedded(ids), attention: ones, segments: ones, ids, past: [start, middle] };
    g.output(classifier.rewards(g, inputs), 'rewards');
    const session = await backend.createSession({
      bytes: encodeModel(g.model()),
      ...(await classifier.external()),
    });
    const [batch, length] = tokenIds.dims as [number, number];
    for (let cut = 2; cut < length; cut++) {
      const got: number[] = [];
      for (let i = 0; i < batch; i++) {
        const sequence = tokenIds.data.slice(i * length, (i + 1) * length);
        const outputs = await session.run({
          start: int64({ dims: [1, cut - 1], data: sequence.slice(0, cut - 1) }),
          middle: int64({ dims: [1, 1], data: sequence.slice(cut - 1, cut) }),
          ids: int64({ dims: [1, length - cut], data: sequence.slice(cut) }),
        });
        got.push((outputs.rewards!.data as Float32Array)[0]!);
      }
      expect(relativeError(got, rewards.data), `cut at ${cut}`).toBeLessThan(1e-4);
    }
    await session.dispose();
  });
});

describe('loadClassifier', () => {
  it('says what it is, and refuses a denoiser', async () => {
    const { tokenizer, ...facts } = await loadClassifier(fixture('qwen3-reward'));
    expect(facts).toMatchObject({ name: 'qwen3-reward', width: 16, maxLength: 64 });
    expect(facts.vocabulary).toBe(tokenizer.vocabulary);
    expect(facts.vocabulary.size).toBe(296);
    const denoiser = loadClassifier(fixture('dream'));
    await expect(denoiser).rejects.toThrow(UnsupportedError);
    await expect(denoiser).rejects.toThrow('expected a sequence classifier, got the denoiser DreamModel');
  });

  it.each([0, 'good'])('rewards the label that is said of several: %s', async (label) => {
    const weights = readTwoLabels(await readFile(`${fixture('qwen3-reward')}/model.safetensors`));
    const directory = await alteredFixture('qwen3-reward', {
      'config.json': (json) => ({ ...json, id2label: { 0: 'good', 1: 'bad' } }),
      'model.safetensors': weights,
    });
    const { tokenIds, rewards } = (await fixtureNumbers('qwen3-reward')).classifier!.tokens;
    await expect(loadClassifier(directory)).rejects.toThrow(
      'label: expected the one that is the reward, got none. Its labels are 0 "good", 1 "bad".',
    );
    const classifier = await loadClassifier(directory, { label });
    const g = new GraphBuilder();
    const ids = g.input('ids', 'int64', ['batch', 'length']);
    const ones = g.Expand(g.int64s([1]), g.Shape(ids));
    const embeds = classifier.embed(g, ids);
    g.output(classifier.rewards(g, { embeds, attention: ones, segments: ones, ids }), 'rewards');
    const session = await backend.createSession({
      bytes: encodeModel(g.model()),
      ...(await classifier.external()),
    });
    const outputs = await session.run({ ids: int64(tokenIds) });
    expect(relativeError(outputs.rewards!.data as Float32Array, rewards.data)).toBeLessThan(1e-4);
  });
});

/** The same file, the score of label 1 being a row of 7s after that of label 0. */
const readTwoLabels = (bytes: Uint8Array): Uint8Array => {
  const start = 8 + Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, start)));
  const score = header['score.weight'];
  const [begin, end] = score.data_offsets as [number, number];
  expect(end).toBe(bytes.length - start);
  score.shape[0] = 2;
  score.data_offsets[1] += end - begin;
  const text = new TextEncoder().encode(JSON.stringify(header));
  const result = new Uint8Array(8 + text.length + end + (end - begin));
  new DataView(result.buffer).setBigUint64(0, BigInt(text.length), true);
  result.set(text, 8);
  result.set(bytes.subarray(start), 8 + text.length);
  const second = new Float32Array((end - begin) / 4).fill(7);
  result.set(new Uint8Array(second.buffer), 8 + text.length + end);
  return result;
};
