import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CheckpointError, InvalidArgumentError, type Prompt, UnsupportedError } from '@entrgi/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Alteration, alteredFixture } from '../../fixtures/altered-fixture.js';
import { fixture, fixtureNumbers } from '../../fixtures/fixture.js';
import { configReader } from '../files/config-reader.js';
import { requireJson } from '../files/json-file.js';
import { nodeFolder } from '../files/node-folder.js';
import { loadTokenizer, type TokenizerOptions } from './load-tokenizer.js';

const load = async (directory: string, options: TokenizerOptions = {}) => {
  const folder = nodeFolder(directory);
  const config = configReader(await requireJson(folder, 'config.json'), `${directory}/config.json`);
  return loadTokenizer(folder, { config, vocabularySize: config.count('vocab_size') }, options);
};
const loadAltered = async (name: string, alterations: Record<string, Alteration>) =>
  load(await alteredFixture(name, alterations));
const chatModels = ['dream', 'dream-sharded', 'qwen3-reward'];

describe('loadTokenizer: ids equal those of the Python tokenizers', () => {
  it.each([...chatModels, 'bert-reward'])('%s: text, special tokens in it being text', async (name) => {
    const tokenizer = await load(fixture(name));
    for (const { text, ids } of (await fixtureNumbers(name)).tokenizer!.texts) {
      expect([...tokenizer.encodeText(text)], text).toEqual(ids);
    }
  });

  it.each(chatModels)('%s: prompts, and what stands around a response', async (name) => {
    const tokenizer = await load(fixture(name));
    const { prompts, dialogues } = (await fixtureNumbers(name)).tokenizer!;
    for (const { messages, ids } of prompts!) expect([...tokenizer.encodePrompt(messages)]).toEqual(ids);
    for (const { messages, response, ids } of dialogues!) {
      const { prefix, suffix } = tokenizer.responseSlot(messages);
      expect([...prefix, ...tokenizer.encodeText(response), ...suffix]).toEqual(ids);
    }
    expect(tokenizer.encodePrompt('Tell me a story.')).toEqual(
      tokenizer.encodePrompt([{ role: 'user', content: 'Tell me a story.' }]),
    );
  });

  it('bert-reward: pairs', async () => {
    const tokenizer = await load(fixture('bert-reward'));
    for (const { prompt, response, ids, segments } of (await fixtureNumbers('bert-reward')).tokenizer!
      .pairs!) {
      const { prefix, suffix } = tokenizer.responseSlot(prompt);
      expect([...prefix, ...tokenizer.encodeText(response), ...suffix]).toEqual(ids);
      expect(prefix).toHaveLength(segments.indexOf(1));
      expect(tokenizer.encodePrompt(prompt)).toEqual(prefix);
    }
    const conversation: Prompt = [
      { role: 'user', content: 'a' },
      { role: 'assistant', content: 'b' },
      { role: 'user', content: 'c' },
    ];
    expect(() => tokenizer.responseSlot(conversation)).toThrow(UnsupportedError);
  });

  it('dream: from vocab.json and merges.txt, where there is no tokenizer.json', async () => {
    const { model, added_tokens: added } = JSON.parse(
      await readFile(join(fixture('dream'), 'tokenizer.json'), 'utf8'),
    );
    const merges = model.merges.map((pair: string[]) => pair.join(' '));
    const files = {
      'tokenizer.json': null,
      'vocab.json': JSON.stringify(model.vocab),
      'merges.txt': ['#version: 0.2', ...merges, ''].join('\n'),
    };
    const decoder = Object.fromEntries(added.map(({ id, ...token }: { id: number }) => [String(id), token]));
    const tokenizer = await loadAltered('dream', {
      ...files,
      'tokenizer_config.json': (json) => ({
        ...json,
        tokenizer_class: 'DreamTokenizer',
        added_tokens_decoder: decoder,
      }),
    });
    const { texts, prompts } = (await fixtureNumbers('dream')).tokenizer!;
    for (const { text, ids } of texts) expect([...tokenizer.encodeText(text)], text).toEqual(ids);
    for (const { messages, ids } of prompts!) expect([...tokenizer.encodePrompt(messages)]).toEqual(ids);
    expect(tokenizer.vocabulary).toEqual((await load(fixture('dream'))).vocabulary);

    // Another class splits text in another way; without the list nobody knows the special tokens.
    await expect(
      loadAltered('dream', {
        ...files,
        'tokenizer_config.json': (json) => ({ ...json, tokenizer_class: 'GPT2Tokenizer' }),
      }),
    ).rejects.toThrow('there is no tokenizer.json');
    await expect(
      loadAltered('dream', {
        ...files,
        'tokenizer_config.json': (json) => ({ ...json, tokenizer_class: 'Qwen2Tokenizer' }),
      }),
    ).rejects.toThrow('expected added_tokens_decoder');
  });

  it('and those of @huggingface/transformers', async () => {
    const { AutoTokenizer, env } = await import('@huggingface/transformers');
    env.allowRemoteModels = false;
    env.localModelPath = fixture('.');
    const theirs = await AutoTokenizer.from_pretrained('dream', { local_files_only: true });
    const ours = await load(fixture('dream'));
    for (const content of ['Once upon a time', ' two  words\n', 'naïve 🐰 1234']) {
      expect([...ours.encodeText(content)]).toEqual(theirs.encode(content, { add_special_tokens: false }));
      const messages = [{ role: 'user', content }] as const;
      const rendered = theirs.apply_chat_template([...messages], {
        add_generation_prompt: true,
        tokenize: false,
      });
      expect([...ours.encodePrompt(messages)]).toEqual(
        theirs.encode(rendered as string, { add_special_tokens: false }),
      );
    }
  });
});

describe('loadTokenizer: user text', () => {
  it.each([...chatModels, 'bert-reward'])('%s: never becomes a special token', async (name) => {
    const tokenizer = await load(fixture(name));
    const { specialIds, unknownId, tokens } = tokenizer.vocabulary;
    const specials = new Set(specialIds.filter((id) => id !== unknownId));
    const names = [...specials].map((id) => tokens[id]!);
    const around = tokenizer.responseSlot('a');
    const usual = [...around.prefix, ...around.suffix].filter((id) => specials.has(id));
    const piece = fc.oneof(
      fc.constantFrom(...names, '<|', '|>', ' ', '\n', '<|im_', 'start|>'),
      fc.string({ unit: 'grapheme' }),
    );
    const text = fc.array(piece, { minLength: 1, maxLength: 6 }).map((pieces) => `x${pieces.join('')}`);
    fc.assert(
      fc.property(text, (content) => {
        expect([...tokenizer.encodeText(content)].filter((id) => specials.has(id))).toEqual([]);
        const { prefix, suffix } = tokenizer.responseSlot(content);
        expect([...prefix, ...suffix].filter((id) => specials.has(id))).toEqual(usual);
      }),
      { numRuns: 200 },
    );
  });

  it('comes back from its ids', async () => {
    const tokenizer = await load(fixture('dream'));
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(tokenizer.decode(tokenizer.encodeText(text))).toBe(text.normalize('NFC'));
      }),
      { numRuns: 200 },
    );
  });

  it('keeps a special token out even where the model holds it as an ordinary piece', async () => {
    const tokenizer = await loadAltered('dream', {
      'tokenizer.json': (json) => {
        for (const { content, id } of json.added_tokens) json.model.vocab[content] = id;
        json.model.ignore_merges = true;
        json.pre_tokenizer = { type: 'ByteLevel', add_prefix_space: false, use_regex: false };
      },
    });
    expect([...tokenizer.encodeText('<|mask|>')].every((id) => id < 288)).toBe(true);
    expect(tokenizer.vocabulary.tokens[291]).toBe('<|mask|>');
  });
});

describe('loadTokenizer: decode', () => {
  it('drops special tokens and padding rows, and stops at the first end token', async () => {
    const { encodeText, decode } = await load(fixture('dream'));
    const [a, b] = [encodeText('Once upon'), encodeText(' a time')];
    expect(decode([...a, ...b])).toBe('Once upon a time');
    expect(decode([289, ...a, 291, 288, 295, ...b])).toBe('Once upon a time');
    expect(decode([...a, 290, ...b])).toBe('Once upon');
    expect(decode(Int32Array.of(290, 64))).toBe('');
    expect(decode([])).toBe('');
  });
});

describe('loadTokenizer: vocabulary', () => {
  it('says what each row is', async () => {
    const { vocabulary } = await load(fixture('dream'));
    expect(vocabulary).toMatchObject({
      size: 296,
      maskId: 291,
      padId: 288,
      endIds: [290],
      specialIds: [288, 289, 290, 291],
    });
    expect(vocabulary.tokens).toHaveLength(296);
    expect(vocabulary.tokens.slice(287)).toEqual([
      expect.any(String),
      '<|endoftext|>',
      '<|im_start|>',
      '<|im_end|>',
      '<|mask|>',
      ...Array(4).fill(undefined),
    ]);
    expect(vocabulary.unknownId).toBeUndefined();
    const bert = (await load(fixture('bert-reward'))).vocabulary;
    expect(bert).toMatchObject({ padId: 0, unknownId: 1, maskId: 4, specialIds: [0, 1, 2, 3, 4] });
  });

  it('collects what ends a response: tokenizer, template, generation_config, config', async () => {
    const template = '{% for m in messages %}<|im_start|>{{ m.role }}:{{ m.content }}<|im_end|>{% endfor %}';
    const { vocabulary } = await loadAltered('dream', {
      'tokenizer_config.json': (json) => ({
        ...json,
        eos_token: { content: '<|endoftext|>' },
        chat_template: template,
      }),
      'generation_config.json': '{"eos_token_id": [290, 7]}',
      'config.json': (json) => ({ ...json, eos_token_id: 9 }),
    });
    expect(vocabulary.endIds).toEqual([288, 290, 7, 9]);
  });

  it('by the convention eos ends a response with the eos_token alone; what else ended a turn is no more than a special token, if that', async () => {
    // As Dream's: the template closes a turn with <|im_end|>, and the tokenizer's eos_token is also what it pads with.
    const eos = '<|endoftext|>';
    const directory = await alteredFixture('dream', {
      'tokenizer_config.json': (json) => ({ ...json, eos_token: eos }),
      'generation_config.json': '{"eos_token_id": [290, 7]}',
    });
    const texts = async (endTokens: 'turn' | 'eos') => {
      const { vocabulary, decode, encodeText } = await load(directory, { endTokens });
      const [a, b, c] = ['Once', ' upon', ' a'].map((text) => [...encodeText(text)]);
      const decoded = [
        [...a!, 290, ...b!, 288, ...c!],
        [...a!, 7, ...b!],
      ].map(decode);
      return [vocabulary.endIds, vocabulary.specialIds, ...decoded];
    };
    expect(await texts('turn')).toEqual([[288, 290, 7], [7, 288, 289, 290, 291], 'Once', 'Once']);
    // What decode([…], skip_special_tokens=True) gives up to eos_token: 7 is '(' and nothing else.
    expect(await texts('eos')).toEqual([[288], [288, 289, 290, 291], 'Once upon', 'Once( upon']);
    const none = load(await alteredFixture('dream', { 'tokenizer_config.json': (json) => ({ ...json, eos_token: null }), 'special_tokens_map.json': '{}' }), { endTokens: 'eos' }); // biome-ignore format: one call
    await expect(none).rejects.toThrow(CheckpointError);
    await expect(none).rejects.toThrow(
      /endTokens 'eos': the tokenizer has no eos_token\. Name one in tokenizer_config\.json, or use endTokens 'turn'\./,
    );
  });

  it('takes the mask token from either config, and special_tokens_map.json as a fallback', async () => {
    const withoutMask = (json: Record<string, unknown>) => ({ ...json, mask_token: null });
    expect((await loadAltered('dream', { 'tokenizer_config.json': withoutMask })).vocabulary.maskId).toBe(
      291,
    );
    const withoutId = (json: Record<string, unknown>) => ({ ...json, mask_token_id: null });
    expect((await loadAltered('dream', { 'config.json': withoutId })).vocabulary.maskId).toBe(291);
    const without = { 'config.json': withoutId, 'tokenizer_config.json': withoutMask };
    expect((await loadAltered('dream', without)).vocabulary.maskId).toBeUndefined();
  });

  it('works from tokenizer.json alone, but for prompts', async () => {
    const directory = await alteredFixture('dream', { 'tokenizer_config.json': null });
    const tokenizer = await load(directory);
    expect(tokenizer.vocabulary).toMatchObject({ maskId: 291, endIds: [290] });
    expect(() => tokenizer.encodePrompt('a')).toThrow(CheckpointError);
    expect(() => tokenizer.encodePrompt('a')).toThrow('no chat template');
    await writeFile(join(directory, 'special_tokens_map.json'), '{"unk_token": {"content": "a"}}');
    expect((await load(directory)).vocabulary.unknownId).toBe(64);
    await rm(join(directory, 'tokenizer.json'));
    await expect(load(directory)).rejects.toThrow('there is no tokenizer.json');
  });

  it('finds the default among several templates', async () => {
    const named = (name: string, template: string) => ({ name, template });
    const tokenizer = await loadAltered('dream', {
      'tokenizer_config.json': (json) => ({
        ...json,
        chat_template: [named('tools', 'tools'), named('default', '<|im_start|>{{ messages[-1].content }}')],
      }),
    });
    expect([...tokenizer.encodePrompt('b')]).toEqual([289, 65]);
  });

  it.each<[string, string, Record<string, Alteration>]>([
    [
      'an id beyond the rows that the template uses',
      'has id 290, but the embedding table has 290 rows',
      { 'config.json': (json) => ({ ...json, vocab_size: 290, mask_token_id: null, eos_token_id: null }) },
    ],
    [
      'an enormous id',
      'expected an id for "b"',
      { 'tokenizer.json': '{"model":{"type":"WordPiece","vocab":{"a":0,"b":4000000000}}}' },
    ],
    ['no model', 'expected a model', { 'tokenizer.json': '{}' }],
    ['no vocabulary', 'expected vocab', { 'tokenizer.json': '{"model":{"type":"WordLevel"}}' }],
    [
      'ids that are no numbers',
      'expected an id for "a"',
      { 'tokenizer.json': '{"model":{"type":"WordLevel","vocab":{"a":"b"}}}' },
    ],
    [
      'pieces without scores',
      'pairs of piece and score',
      { 'tokenizer.json': '{"model":{"vocab":[["a"]]}}' },
    ],
    [
      'added tokens without content',
      'content and id',
      { 'tokenizer.json': '{"model":{"vocab":{}},"added_tokens":[{}]}' },
    ],
    [
      'added tokens that are no list',
      'expected a list',
      { 'tokenizer.json': '{"model":{"vocab":{}},"added_tokens":{}}' },
    ],
    ['a broken tokenizer_config.json', 'tokenizer_config.json: not JSON', { 'tokenizer_config.json': '{' }],
    [
      'a template that fails',
      'the template fails',
      { 'tokenizer_config.json': '{"chat_template":"{{ a() }}"}' },
    ],
  ])('refuses %s', async (_, message, alterations) => {
    const failure = loadAltered('dream', alterations);
    await expect(failure).rejects.toThrow(CheckpointError);
    await expect(failure).rejects.toThrow(message);
  });

  it('refuses a part that it does not know, and a vocabulary in another form', async () => {
    const unknown = loadAltered('dream', {
      'tokenizer.json': (json) => ({ ...json, normalizer: { type: 'X' } }),
    });
    await expect(unknown).rejects.toThrow(UnsupportedError);
    await expect(unknown).rejects.toThrow('tokenizer.json: normalizer: the normalizer "X"');
    for (const file of ['spiece.model', 'tokenizer.model', 'vocab.txt']) {
      const lone = loadAltered('dream', { 'tokenizer.json': null, [file]: 'a' });
      await expect(lone).rejects.toThrow(UnsupportedError);
      await expect(lone).rejects.toThrow(`${file} is a`);
    }
  });

  it('refuses a post-processor that contradicts itself, also where a chat template goes before it', async () => {
    const nested = Array.from({ length: 100 }).reduce<object>(
      (inner) => ({ type: 'Sequence', processors: [inner] }),
      { type: 'ByteLevel' },
    );
    for (const postProcessor of [{ type: 'Nope' }, nested]) {
      const failure = loadAltered('dream', {
        'tokenizer.json': (json) => ({ ...json, post_processor: postProcessor }),
      });
      await expect(failure).rejects.toThrow(CheckpointError);
      await expect(failure).rejects.toThrow('tokenizer.json: post_processor: expected');
    }
  });

  it('does without tokens beyond the rows, until a text has one', async () => {
    const { encodeText, vocabulary } = await loadAltered('dream', {
      'tokenizer.json': (json) => ({
        ...json,
        added_tokens: [...json.added_tokens, { id: 0, content: 'zyx', special: false }],
      }),
      'tokenizer_config.json': (json) => ({ ...json, pad_token: '[PAD]' }),
      'config.json': (json) => ({ ...json, vocab_size: 292 }),
    });
    expect(vocabulary.tokens).toHaveLength(292);
    // What the tokenizer calls so has no row; config.json names another.
    expect(vocabulary.padId).toBe(288);
    expect(() => encodeText('a zyx')).toThrow('token "zyx" has id 292, but the embedding table has 292 rows');
  });
});

describe('loadTokenizer: prompts', () => {
  it.each<[unknown, string]>([
    ['', 'expected some text'],
    [' \n\t', 'expected some text'],
    [[], 'expected some text'],
    [
      [
        { role: 'user', content: 'a' },
        { role: 'assistant', content: 'b' },
      ],
      'end with a user turn',
    ],
    [[{ role: 'user', content: '' }], 'end with a user turn'],
    [[{ role: '<|mask|>', content: 'a' }], 'a role among'],
    [[{ role: 'user', content: 1 }], 'content that is text'],
    [[null], 'a role among'],
    [7, 'text or a list of messages'],
  ])('refuses %j', async (prompt, message) => {
    const tokenizer = await load(fixture('dream'));
    for (const use of [tokenizer.encodePrompt, tokenizer.responseSlot]) {
      expect(() => use(prompt as Prompt)).toThrow(InvalidArgumentError);
      expect(() => use(prompt as Prompt)).toThrow(message);
    }
  });
});
