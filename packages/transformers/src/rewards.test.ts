import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { nodeBackend } from '@entrgi/backend-node';
import {
  type ChatMessage,
  EntrgiError,
  InvalidArgumentError,
  NotFoundError,
  UnsupportedError,
} from '@entrgi/core';
import { expectAllClose } from '@entrgi/core/testing';
import { compositeReward, loadReward } from '@entrgi/rewards';
import { AutoTokenizer, env, pipeline } from '@huggingface/transformers';
import { afterAll, describe, expect, it } from 'vitest';
import { torchCases } from '../../rewards/fixtures/torch-numbers.js';
import {
  classificationReward,
  likelihoodReward,
  loadPerplexity,
  similarityReward,
  zeroShotReward,
} from './index.js';
import { causalFixture, fixture, layOut, modelsFolder, table, tableModel } from './testing/lay-out.js';

const folder = modelsFolder();
env.localModelPath = folder;
const backend = nodeBackend({ threads: 1 });
afterAll(async () => {
  await backend.dispose();
  rmSync(folder, { recursive: true });
});

const close = { absolute: 1e-5, relative: 1e-5 };
const bert = layOut(folder, 'bert-reward', {
  tokenizer: 'bert-reward',
  onnx: fixture('rewards/fixtures/bert-reward.onnx'),
});
const qwen = layOut(folder, 'tests/qwen3-reward', {
  tokenizer: 'qwen3-reward',
  onnx: fixture('rewards/fixtures/qwen3-reward.onnx'),
});

describe('classificationReward', () => {
  it.each([
    ['qwen3-reward', qwen],
    ['bert-reward', bert],
  ])(
    'rates as PyTorch does, and as loadReward does with the same weights in the same process: %s',
    async (name, path) => {
      const given = torchCases.find(({ reward }) => reward === name)!;
      // A pair whose second text is empty is a single text to the library's tokenizer.
      const responses = given.responses.filter((text) => text !== '' || name !== 'bert-reward');
      const reward = await classificationReward(path);
      const scores = await reward.score(given.prompt, responses);
      expectAllClose(
        scores,
        given.responses.flatMap((text, i) => (responses.includes(text) ? [given.scores[i]!] : [])),
        close,
      );
      const ours = await loadReward(fixture(`models/fixtures/${name}`), { backend });
      expectAllClose(scores, await ours.score(given.prompt, responses), close);
      const sum = compositeReward([
        { reward, weight: 1 },
        { reward: ours, weight: -1 },
      ]);
      expectAllClose(
        await sum.score(given.prompt, responses),
        responses.map(() => 0),
        close,
      );
      await sum.dispose();
    },
  );

  it('takes a system turn and several others where there is a chat template, and else says that it does not', async () => {
    const turns: ChatMessage[] = [
      { role: 'system', content: 'a' },
      { role: 'user', content: 'b' },
      { role: 'assistant', content: 'c' },
      { role: 'user', content: 'd' },
    ];
    const [reward, ours] = [
      await classificationReward(qwen),
      await loadReward(fixture('models/fixtures/qwen3-reward'), { backend }),
    ];
    expectAllClose(await reward.score(turns, ['e']), await ours.score(turns, ['e']), close);
    await expect((await classificationReward(bert)).score(turns, ['a'])).rejects.toThrow(UnsupportedError);
  });

  it('takes an id in the library’s own folder, and a pipeline, which stays the caller’s', async () => {
    const [byPath] = await (await classificationReward(qwen)).score('a', ['b']);
    expect(
      await (await classificationReward('tests/qwen3-reward', { offline: true })).score('a', ['b']),
    ).toEqual(Float64Array.of(byPath!));
    const pipe = await pipeline('text-classification', bert, { dtype: 'fp32' });
    const reward = await classificationReward(pipe, { as: 'probability' });
    expect(reward.name).toBe('bert');
    const [logit] = await (await classificationReward(bert)).score('a', ['b']);
    expectAllClose(await reward.score('a', ['b']), [1 / (1 + Math.exp(-logit!))], close);
    await reward.dispose();
    expect(await pipe('still there')).toEqual([{ label: 'LABEL_0', score: 1 }]);
    await pipe.dispose();
  });

  it('reads the response alone, and gives the probabilities that the library’s pipeline gives', async () => {
    const config = { model_type: 'bert', id2label: { 0: 'sad', 1: 'plain', 2: 'glad' } };
    const mood = layOut(folder, 'mood', {
      tokenizer: 'bert-reward',
      config,
      onnx: tableModel(table(97, 3, 1.7), 3, 'logits', true),
    });
    const texts = ['a happy bird', 'the wind', ''];
    const pipe = await pipeline('text-classification', mood, { dtype: 'fp32' });
    for (const [label, number] of [
      ['sad', 0],
      ['glad', 2],
    ] as const) {
      const expected: number[] = [];
      for (const text of texts) {
        const all = await pipe(text, { top_k: 3 });
        expected.push(
          (all as { label: string; score: number }[]).find((each) => each.label === label)!.score,
        );
      }
      for (const asked of [label, number]) {
        const reward = await classificationReward(mood, {
          label: asked,
          reads: 'response',
          as: 'probability',
        });
        expectAllClose(await reward.score('unread', texts), expected, close);
        await reward.dispose();
      }
    }
    await expect(classificationReward(mood)).rejects.toThrow(
      'label: expected one of sad, plain, glad, or their number, got none.',
    );
    await expect(classificationReward(mood, { label: 3 })).rejects.toThrow(InvalidArgumentError);
    await pipe.dispose();
  });

  it('refuses what cannot be: another option, no model, a model that is not there, a text that is too long', async () => {
    await expect(classificationReward(bert, { lable: 1 } as object)).rejects.toThrow("'label'");
    await expect(classificationReward({} as never)).rejects.toThrow(
      /a pipeline of @huggingface\/transformers/,
    );
    await expect(classificationReward('')).rejects.toThrow(InvalidArgumentError);
    await expect(classificationReward(join(folder, 'nowhere'))).rejects.toThrow(NotFoundError);
    await expect(classificationReward('nobody/nothing', { offline: true })).rejects.toThrow(EntrgiError);
    const reward = await classificationReward(bert);
    const long = 'wind '.repeat(60);
    await expect(reward.score('a', [long])).rejects.toThrow(/expected at most 48 tokens, got/);
    await expect(reward.score('a', [3 as never])).rejects.toThrow('responses[0]: expected text, got 3');
    await expect(reward.score('a', ['b'], { signal: AbortSignal.abort(new Error('no')) })).rejects.toThrow(
      'no',
    );
  });
});

describe('zeroShotReward', () => {
  const labels = { 0: 'contradiction', 1: 'neutral', 2: 'entailment' };
  const data = table(97, 3, 2.3);
  const nli = layOut(folder, 'nli', {
    tokenizer: 'bert-reward',
    config: {
      model_type: 'bert',
      id2label: labels,
      label2id: { contradiction: 0, neutral: 1, entailment: 2 },
    },
    onnx: tableModel(data, 3, 'logits', true),
  });
  /** The logits by their definition: the sum of the tokens' rows. */
  const logits = async (premise: string, hypothesis: string) => {
    const tokenizer = await AutoTokenizer.from_pretrained(nli);
    const ids: number[] = tokenizer(premise, { text_pair: hypothesis, return_tensor: false }).input_ids;
    return [0, 1, 2].map((label) => ids.reduce((sum, id) => sum + data[3 * id + label]!, 0));
  };

  it('is how much rather a label is entailed than contradicted', async () => {
    const reward = await zeroShotReward(nli, { label: 'happy', hypothesis: 'it is {}.' });
    const texts = ['a happy bird', 'the wind'];
    const expected: number[] = [];
    for (const text of texts) {
      const [contradiction, , entailment] = await logits(text, 'it is happy.');
      expected.push(1 / (1 + Math.exp(contradiction! - entailment!)));
    }
    expectAllClose(await reward.score('unread', texts), expected, close);
    expect(reward.name).toBe('happy, by nli');
    await reward.dispose();
  });

  it('is the share of a label among others', async () => {
    const pipe = await pipeline('zero-shot-classification', nli, { dtype: 'fp32' });
    // What really goes through the model, and what the reward says of it.
    let [ran, told] = [0, 0];
    const { model } = pipe as unknown as {
      model: { forward: (inputs: { input_ids: { dims: number[] } }) => unknown };
    };
    const forward = model.forward.bind(model);
    model.forward = (inputs) => {
      ran += inputs.input_ids.dims[0]!;
      return forward(inputs);
    };
    const onPasses = (count: number) => {
      told += count;
    };
    const reward = await zeroShotReward(pipe, { label: 'bird', against: ['wind', 'kite'] });
    const entailed: number[] = [];
    for (const label of ['bird', 'wind', 'kite'])
      entailed.push((await logits('a bird', `This example is ${label}.`))[2]!);
    const expected = 1 / entailed.reduce((sum, each) => sum + Math.exp(each - entailed[0]!), 0);
    ran = 0;
    expectAllClose(await reward.score('unread', ['a bird'], { onPasses }), [expected], close);
    expect([ran, told]).toEqual([3, 3]);
    await pipe.dispose();
  });

  it('refuses options that cannot work', async () => {
    await expect(zeroShotReward(nli, { label: '' })).rejects.toThrow('a label in words');
    await expect(zeroShotReward(nli, {} as never)).rejects.toThrow('label');
    await expect(zeroShotReward(nli, { label: 'a', hypothesis: 'no place' })).rejects.toThrow(
      'a sentence with {}',
    );
  });
});

describe('similarityReward', () => {
  const data = table(97, 4, 0.9);
  const sentences = layOut(folder, 'sentences', {
    tokenizer: 'bert-reward',
    config: { model_type: 'bert' },
    onnx: tableModel(data, 4, 'last_hidden_state', false),
  });
  const embedding = async (text: string) => {
    const tokenizer = await AutoTokenizer.from_pretrained(sentences);
    const ids: number[] = tokenizer(text, { return_tensor: false }).input_ids;
    const mean = [0, 1, 2, 3].map((i) => ids.reduce((sum, id) => sum + data[4 * id + i]! / ids.length, 0));
    const norm = Math.hypot(...mean);
    return mean.map((x) => x / norm);
  };
  const cosine = async (a: string, b: string) => {
    const [x, y] = [await embedding(a), await embedding(b)];
    return x.reduce((sum, each, i) => sum + each * y[i]!, 0);
  };

  it('is the cosine of mean token vectors: to the prompt’s last turn, a text, or that of a prompt', async () => {
    const texts = ['a happy bird', 'the wind', 'the kite'];
    const nearTo = (to: string) => Promise.all(texts.map((text) => cosine(text, to)));
    const reward = await similarityReward(sentences);
    expectAllClose(await reward.score('the kite', texts), await nearTo('the kite'), close);
    const turns: ChatMessage[] = [
      { role: 'system', content: 'x' },
      { role: 'user', content: 'bird' },
    ];
    expectAllClose(await reward.score(turns, texts), await nearTo('bird'), close);
    await reward.dispose();
    const fixed = await similarityReward(sentences, { to: 'wind' });
    expectAllClose(await fixed.score('kite', texts), await nearTo('wind'), close);
    await fixed.dispose();
    const own = await similarityReward(sentences, { to: (prompt) => `${prompt} bird` });
    expectAllClose(await own.score('a', texts), await nearTo('a bird'), close);
    await own.dispose();
  });
});

describe('an autoregressive model', () => {
  const numbers = JSON.parse(readFileSync(fixture('transformers/fixtures/gpt2-causal.json'), 'utf8'));
  const causal = layOut(folder, 'causal', causalFixture);

  it('finds responses as likely as transformers in Python does', async () => {
    const { prompt, texts, meanLogLikelihoods, totalLogLikelihoods } = numbers;
    const mean = await likelihoodReward(causal);
    expect(mean.name).toBe('likelihood, by causal');
    expectAllClose(await mean.score(prompt, texts), meanLogLikelihoods, close);
    await mean.dispose();
    const total = await likelihoodReward(causal, { total: true });
    expectAllClose(await total.score(prompt, texts), totalLogLikelihoods, close);
    await total.dispose();
  });

  it('has the perplexity that the loss of transformers in Python says', async () => {
    const perplexity = await loadPerplexity(causal);
    const rated = await perplexity.rate(numbers.texts);
    expect(rated.at(-1)).toBe(null);
    expect(numbers.negativeLogLikelihoods.at(-1)).toBe(null);
    expectAllClose(rated.slice(0, -1) as number[], numbers.negativeLogLikelihoods.slice(0, -1), close);
    await expect(perplexity.rate(['wind '.repeat(60)])).rejects.toThrow(/expected at most 64 tokens/);
    await perplexity.dispose();
    const loading = { dtype: 'fp32', local_files_only: true } as const;
    const pipe = await pipeline('text-generation', causal, loading);
    const again = await loadPerplexity(pipe, { name: 'mine' });
    expect(await again.rate(numbers.texts)).toEqual(rated);
    expect(again.name).toBe('mine');
    await pipe.dispose();
  });
});
