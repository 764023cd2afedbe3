import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeBackend } from '@entrgi/backend-node';
import { InvalidArgumentError } from '@entrgi/core';
import { expectRewardGradient } from '@entrgi/core/testing';
import type { LoadClassifierOptions } from '@entrgi/models';
import { afterAll, expect, it, onTestFinished } from 'vitest';
import { checkpoint } from '../fixtures/torch-numbers.js';
import { loadReward } from './load-reward.js';

const backend = nodeBackend({ threads: 1 });
afterAll(() => backend.dispose());

const names = ['bad', 'fair', 'good'];

/** bert-reward with three labels: the one it has, minus it, and twice it. */
const threeLabels = async (id2label: readonly string[] = names): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), 'entrgi-label-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  await cp(checkpoint('bert-reward'), directory, { recursive: true });
  const bytes = await readFile(join(directory, 'model.safetensors'));
  const start = 8 + Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.toString('utf8', 8, start));
  let end = bytes.length - start;
  const added: Uint8Array[] = [];
  for (const name of ['classifier.weight', 'classifier.bias']) {
    const [from, to] = header[name].data_offsets;
    const row = new Float32Array(Uint8Array.from(bytes.subarray(start + from, start + to)).buffer);
    const rows = Float32Array.from([1, -1, 2].flatMap((factor) => [...row].map((x) => factor * x)));
    added.push(new Uint8Array(rows.buffer));
    header[`left.${name}`] = header[name];
    header[name] = {
      dtype: 'F32',
      shape: [3, ...header[name].shape.slice(1)],
      data_offsets: [end, end + rows.byteLength],
    };
    end += rows.byteLength;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const length = new Uint8Array(new BigUint64Array([BigInt(text.length)]).buffer);
  await writeFile(
    join(directory, 'model.safetensors'),
    Buffer.concat([length, text, bytes.subarray(start), ...added]),
  );
  const config = JSON.parse(await readFile(join(directory, 'config.json'), 'utf8'));
  await writeFile(
    join(directory, 'config.json'),
    JSON.stringify({ ...config, id2label: Object.fromEntries(id2label.map((name, i) => [i, name])) }),
  );
  return directory;
};

it.each<[LoadClassifierOptions, number]>([
  [{ label: 0 }, 1],
  [{ label: 'fair' }, -1],
  [{ label: 2 }, 2],
  [{ label: 'good' }, 2],
  [{ labelWeights: { bad: 0.5, good: 0.25 } }, 1],
  [{ labelWeights: { 1: 2, good: 0.5 } }, -1],
])('scores and differentiates %j', async (options, factor) => {
  const one = await loadReward(checkpoint('bert-reward'), { backend });
  const reward = await loadReward(await threeLabels(), { backend, ...options });
  const [scores, plain] = [await reward.score('a', ['once', 'upon']), await one.score('a', ['once', 'upon'])];
  for (const [i, score] of scores.entries()) expect(score).toBeCloseTo(factor * plain[i]!, 4);
  const { vocabulary } = reward as unknown as { vocabulary: never };
  const request = { prompt: 'a', vocabulary, length: 2 };
  const mix = {
    trajectories: 1,
    tokenIds: Int32Array.of(7, 8),
    attention: Uint8Array.of(1, 1),
    rows: Int32Array.of(0),
    candidates: Int32Array.of(7, 8, 9),
    probs: Float32Array.of(0.5, 0.3, 0.2),
    weights: Float32Array.of(0.25),
  };
  const [own, other] = [await reward.open(request), await one.open(request)];
  await expectRewardGradient(own, mix);
  const [{ tokenScores }, reference] = [await own.evaluate(mix), await other.evaluate(mix)];
  for (const [i, score] of tokenScores.entries()) {
    expect(score).toBeCloseTo(factor * reference.tokenScores[i]!, 4);
  }
  await reward.dispose();
  await one.dispose();
});

it('asks which one, where they have names', async () => {
  const directory = await threeLabels();
  const listed = 'Its labels are 0 "bad", 1 "fair", 2 "good".';
  for (const [label, problem] of [
    [undefined, 'expected the one that is the reward, got none'],
    [3, 'expected a number below 3 or a name, got 3'],
    ['Good', 'there is no "Good"'],
  ] as const) {
    const failure = loadReward(directory, { backend, label });
    await expect(failure).rejects.toThrow(InvalidArgumentError);
    await expect(failure).rejects.toThrow(`label: ${problem}. ${listed}`);
  }
  const half = loadReward(directory, { backend, label: 0.5 });
  await expect(half).rejects.toThrow('loadReward: label: expected a whole number of at least 0');
  const twins = loadReward(await threeLabels(['a', 'b', 'b']), { backend, label: 'b' });
  await expect(twins).rejects.toThrow('"b" is the name of more than one');
});

it('is the first where they have none', async () => {
  const reward = await loadReward(await threeLabels(['LABEL_0', 'LABEL_1', 'LABEL_2']), { backend });
  const one = await loadReward(checkpoint('bert-reward'), { backend });
  expect((await reward.score('a', ['b']))[0]).toBeCloseTo((await one.score('a', ['b']))[0]!, 5);
});

it('refuses an option that there is not', async () => {
  const options = { backend, lable: 1 } as never;
  await expect(loadReward(checkpoint('bert-reward'), options)).rejects.toThrow(
    "loadReward: there is no option 'lable'. Is 'label' meant?",
  );
});

it.each<[Record<string, unknown>, string]>([
  [{ labelWeights: {} }, 'labelWeights: expected an object of numbers by label'],
  [{ labelWeights: { bad: 'much' } }, 'labelWeights: expected an object of numbers by label'],
  [{ labelWeights: { best: 1 } }, 'there is no "best"'],
  [{ labelWeights: { bad: 1 }, label: 'good' }, 'expected label or labelWeights, got both'],
])('refuses %j', async (options, message) => {
  const failure = loadReward(await threeLabels(), { backend, ...options } as never);
  await expect(failure).rejects.toThrow(InvalidArgumentError);
  await expect(failure).rejects.toThrow(message);
});
