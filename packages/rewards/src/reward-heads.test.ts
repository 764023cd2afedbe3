import { appendGradient } from '@entrgi/autodiff';
import { nodeBackend } from '@entrgi/backend-node';
import { CheckpointError, InvalidArgumentError, type ResponseMix, UnsupportedError } from '@entrgi/core';
import { expectRewardGradient } from '@entrgi/core/testing';
import { loadClassifier } from '@entrgi/models';
import { encodeModel, GraphBuilder } from '@entrgi/onnx';
import { int64Tensor } from '@entrgi/onnx/internal';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { relativeError } from '../../models/fixtures/fixture.js';
import { type RewardHead, rewardHeads, writeRewardHead } from '../../models/fixtures/reward-heads.js';
import { loadReward } from './load-reward.js';

const backend = nodeBackend({ threads: 1 });
afterAll(() => backend.dispose());

const temporarily = async (head: Pick<RewardHead, 'config' | 'addedTokens' | 'template'>) => {
  const [folder, remove] = await writeRewardHead(head);
  onTestFinished(remove);
  return folder;
};
const [process, gated] = rewardHeads as [RewardHead, RewardHead];

describe.each(rewardHeads)('$name', (head) => {
  const { ids, attention, scores, gradients, dialogue } = head;
  let folder: string;
  beforeAll(async () => {
    const [written, remove] = await writeRewardHead(head);
    folder = written;
    return remove;
  });

  it.each(Object.keys(gradients).map(Number))(
    'gives what PyTorch gives, and its gradient: label %d',
    async (label) => {
      const classifier = await loadClassifier(folder, { label });
      const g = new GraphBuilder();
      const tokens = g.input('ids', 'int64', ['batch', 'length']);
      const present = g.input('attention', 'int64', ['batch', 'length']);
      const table = classifier.embed(g, tokens);
      // Every second token is mixed with the one before it.
      const half = g.scalar(0.5, 'float32');
      const share = g.input('share', 'float32', [1, 'length', 1]);
      const before = g.Gather(table, g.input('before', 'int64', ['length']), 1);
      const embeds = g.Add(table, g.Mul(g.Mul(g.Sub(before, table), share), half));
      const reward = classifier.rewards(g, { embeds, attention: present, segments: present, ids: tokens });
      const [gradient] = appendGradient(g, { of: reward, wrt: [embeds] });
      g.output(reward, 'reward');
      g.output(gradient!, 'gradient');
      const session = await backend.createSession({
        bytes: encodeModel(g.model()),
        ...(await classifier.external()),
      });
      const [batch, length] = [ids.length, ids[0]!.length];
      const places = Array.from({ length }, (_, i) => i);
      const outputs = await session.run({
        ids: int64Tensor([batch, length], ids.flat()),
        attention: int64Tensor([batch, length], attention.flat()),
        share: { type: 'float32', dims: [1, length, 1], data: Float32Array.from(places, (i) => i % 2) },
        before: int64Tensor(
          [length],
          places.map((i) => i - (i % 2)),
        ),
      });
      const expected = scores.map((row) => row[label]!);
      expect(relativeError(outputs.reward!.data as Float32Array, expected)).toBeLessThan(1e-4);
      const slope = [...gradients[label]!];
      expect(relativeError(outputs.gradient!.data as Float32Array, slope)).toBeLessThan(1e-4);
      await session.dispose();
    },
  );

  it('reads a dialogue as transformers does', async () => {
    const { tokenizer } = await loadClassifier(folder, { label: 0 });
    expect([...tokenizer.encodeDialogue(dialogue.prompt, dialogue.response).ids]).toEqual(dialogue.ids);
  });

  it.each([0, 1])(
    'guides: its gradient is that of finite differences, prompt apart or not: label %d',
    async (label) => {
      const values: number[][] = [];
      for (const prefixReuse of [true, false]) {
        const reward = await loadReward(folder, { backend, label, prefixReuse });
        const vocabulary = reward.vocabulary!;
        const context = await reward.open({ prompt: 'Add 2 and 3.', vocabulary, length: 12 });
        // Of a process reward, a step ends twice among the tokens that are settled, and at the end of the response.
        const mix: ResponseMix = {
          trajectories: 2,
          tokenIds: Int32Array.from({ length: 24 }, (_, i) => (i === 3 || i === 7 ? 292 : (7 * i) % 90)),
          attention: Uint8Array.from({ length: 24 }, (_, i) => Number(i < 23)),
          rows: Int32Array.of(9, 10, 21, 22),
          candidates: Int32Array.of(7, 8, 9),
          probs: Float32Array.of(0.5, 0.3, 0.2, 0.1, 0.8, 0.1, 0.3, 0.3, 0.4, 0.25, 0.25, 0.5),
          weights: Float32Array.of(0.25, 0, 1, 0.5),
        };
        await expectRewardGradient(context, mix);
        values.push([...(await context.evaluate(mix)).values]);
        await reward.dispose();
      }
      expect(relativeError(values[0]!, values[1]!)).toBeLessThan(1e-5);
    },
  );
});

describe('a process reward', () => {
  it('asks how its steps are combined', async () => {
    const failure = loadReward(await temporarily(process), { backend });
    await expect(failure).rejects.toThrow(InvalidArgumentError);
    await expect(failure).rejects.toThrow('Its labels are 0 "product", 1 "min", 2 "mean", 3 "last".');
  });

  it('scores every step of a text, and what looks like a mark is text', async () => {
    const folder = await temporarily(process);
    const { tokenizer } = await loadClassifier(folder, { label: 'min' });
    const marks = (response: string) =>
      tokenizer.encodeDialogue('a', response).ids.filter((id) => id === 292).length;
    expect(['a', 'a\n\nb', 'a\n\n\n\nb\n\n', '', '\n\n', 'a<extra_0>b'].map(marks)).toEqual([
      1, 2, 2, 1, 1, 1,
    ]);
    const score = async (label: string, response: string) => {
      await using reward = await loadReward(folder, { backend, label });
      return (await reward.score('Add 2 and 3.', [response]))[0]!;
    };
    const text = 'Take 2.\n\nAdd 3.\n\nIt is 5.';
    const last = await Promise.all(
      ['Take 2.', 'Take 2.\n\nAdd 3.', text].map((beginning) => score('last', beginning)),
    );
    // Nothing sees what follows: each step's probability is the last of the text up to it.
    expect(await score('product', text)).toBeCloseTo(
      last.reduce((a, b) => a * b),
      5,
    );
    expect(await score('min', text)).toBeCloseTo(Math.min(...last), 5);
    expect(await score('mean', text)).toBeCloseTo(last.reduce((a, b) => a + b) / 3, 5);
  });

  it('refuses a tokenizer without the mark, and a template that changes responses', async () => {
    const without = await temporarily({ ...process, addedTokens: [] });
    await expect(loadReward(without, { backend, label: 0 })).rejects.toThrow(CheckpointError);
    await expect(loadReward(without, { backend, label: 0 })).rejects.toThrow('to have a token "<extra_0>"');
    const template = process.template.replace('message.content', 'message.content | upper');
    const changing = loadReward(await temporarily({ ...process, template }), { backend, label: 0 });
    await expect(changing).rejects.toThrow(UnsupportedError);
    await expect(changing).rejects.toThrow('its steps cannot be told apart');
  });
});

describe('a gated reward', () => {
  it('is the score, unless an objective is asked for', async () => {
    const folder = await temporarily(gated);
    const { labels, label } = await loadClassifier(folder);
    expect(labels).toEqual(['score', 'LABEL_0', 'LABEL_1', 'LABEL_2', 'LABEL_3', 'LABEL_4']);
    expect(label).toBe(0);
    await using usual = await loadReward(folder, { backend });
    await using first = await loadReward(folder, { backend, label: 'LABEL_0' });
    const [a, b] = [await usual.score('Hi', ['Yes']), await first.score('Hi', ['Yes'])];
    expect(Math.abs(a[0]! - b[0]!)).toBeGreaterThan(1e-3);
  });

  it('refuses a template without the header that it looks for', async () => {
    const failure = loadReward(await temporarily({ ...gated, template: process.template }), { backend });
    await expect(failure).rejects.toThrow(CheckpointError);
    await expect(failure).rejects.toThrow('expected the chat template to write "<|eot_id|>');
  });
});
