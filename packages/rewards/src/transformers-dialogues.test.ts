import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeBackend } from '@entrgi/backend-node';
import { UnsupportedError } from '@entrgi/core';
import { loadClassifier } from '@entrgi/models';
import { afterAll, describe, expect, it } from 'vitest';
import { checkpoint, relativeError } from '../fixtures/torch-numbers.js';
import { networkReward } from './network-reward.js';

/** What make-dialogues.py wrote: changed fields of a checkpoint's files, and what transformers makes of the responses then. */
interface Dialogues {
  readonly name: string;
  readonly checkpoint: string;
  readonly secondType?: boolean;
  readonly ids: number[][];
  readonly rewards: number[];
}

const path = new URL('../fixtures/dialogues.json', import.meta.url);
const { prompt, responses, cases } = JSON.parse(await readFile(path, 'utf8')) as {
  prompt: string;
  responses: string[];
  cases: Dialogues[];
};
const chosen = cases.filter((_, i) => process.env.ENTRGI_SLOW === '1' || i % 3 === 0);

const backend = nodeBackend({ threads: 1 });
const root = await mkdtemp(join(tmpdir(), 'entrgi-dialogues-'));
afterAll(async () => {
  await backend.dispose();
  await rm(root, { recursive: true, force: true });
});

/** A copy of the checkpoint with those changes. */
const altered = async (given: Dialogues): Promise<string> => {
  const directory = await mkdtemp(join(root, 'checkpoint-'));
  await cp(checkpoint(given.checkpoint), directory, { recursive: true });
  for (const file of ['config.json', 'tokenizer_config.json', 'tokenizer.json']) {
    const changes = (given as unknown as Record<string, object>)[file];
    if (changes === undefined) continue;
    const fields = JSON.parse(await readFile(join(directory, file), 'utf8'));
    await writeFile(join(directory, file), JSON.stringify({ ...fields, ...changes }));
  }
  if (given.secondType) {
    const weights = join(directory, 'model.safetensors');
    await writeFile(weights, withSecondType(await readFile(weights)));
  }
  return directory;
};

/** The same weights (bfloat16), with a second token type that is −2 times the first. */
const withSecondType = (bytes: Buffer): Buffer => {
  const start = 8 + Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.toString('utf8', 8, start));
  const name = Object.keys(header).find((each) => each.endsWith('token_type_embeddings.weight'))!;
  const entry = header[name];
  expect([entry.dtype, entry.shape[0]]).toEqual(['BF16', 1]);
  const first = bytes.subarray(start + entry.data_offsets[0], start + entry.data_offsets[1]);
  const second = Buffer.from(first);
  for (let i = 0; i < second.length; i += 2) {
    // The exponent one higher, the sign turned.
    second.writeUInt16LE((second.readUInt16LE(i) + 0x80) ^ 0x8000, i);
  }
  const [begin, end] = entry.data_offsets as [number, number];
  entry.shape[0] = 2;
  for (const { data_offsets: offsets } of Object.values<{ data_offsets?: number[] }>(header)) {
    if (offsets === undefined) continue;
    if (offsets[0]! >= end) offsets[0]! += first.length;
    if (offsets[0]! > begin || offsets[1] === end) offsets[1]! += first.length;
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const at = start + end;
  return Buffer.concat([length, text, bytes.subarray(start, at), second, bytes.subarray(at)]);
};

describe('rewards of finished conversations are those of transformers, by what tokens they are read at and of which types', () => {
  it.each(chosen.map((given) => [given.name, given] as const))('%s', async (_, given) => {
    const classifier = await loadClassifier(await altered(given));
    for (const prefixReuse of [true, false]) {
      const reward = networkReward(classifier, { backend, prefixReuse });
      const scores = await reward.score(prompt, responses);
      expect(relativeError(scores, given.rewards), `score, reuse ${prefixReuse}`).toBeLessThan(1e-4);

      const around = () => classifier.tokenizer.responseSlot(prompt);
      if (given.name.includes('counts')) {
        expect(around).toThrow(UnsupportedError);
        await expect(reward.open({ prompt, vocabulary: classifier.vocabulary, length: 1 })).rejects.toThrow(
          'does more with a response than to put it in one place',
        );
        continue;
      }
      const { prefix, suffix } = around();
      for (const [i, ids] of given.ids.entries()) {
        expect(ids.slice(0, prefix.length)).toEqual([...prefix]);
        const tokenIds = Int32Array.from(ids.slice(prefix.length, ids.length - suffix.length));
        const length = tokenIds.length;
        // Two trajectories of the same tokens: one of them all settled, the other's last token a mixture of that token alone.
        if (length === 0) continue;
        const context = await reward.open({ prompt, vocabulary: classifier.vocabulary, length });
        const { values } = await context.evaluate({
          trajectories: 2,
          tokenIds: Int32Array.from([...tokenIds, ...tokenIds]),
          attention: new Uint8Array(2 * length).fill(1),
          rows: Int32Array.of(2 * length - 1),
          candidates: tokenIds.slice(-1),
          probs: Float32Array.of(1),
          weights: Float32Array.of(0.5),
        });
        const expected = given.rewards[i]!;
        expect(relativeError(values, [expected, expected]), `guided, ${responses[i]}`).toBeLessThan(1e-4);
        await context.dispose();
      }
      await reward.dispose();
    }
  });
});
