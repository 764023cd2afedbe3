import type { Prompt } from '@entrgi/core';
import { fixture } from '../../../packages/models/fixtures/fixture.js';
import type { Tokenizer } from '../../../packages/models/src/contracts/tokenizer.js';
import { readTokenizer } from '../../../packages/models/src/prompt/read-tokenizer.js';
import type { Random } from '../../fuzz/random.js';
import { type HostileCase, HostileFinding, type HostileGroup, LIMIT } from '../hostile-case.js';
import { denoiserOf, generate, rewardOf, score } from '../use-models.js';

const checkpoints = [
  'dream',
  'llada',
  'bert-fill',
  'modernbert-fill',
  'qwen3-reward',
  'bert-reward',
  'llama-reward',
  'roberta-reward',
  'deberta-reward',
] as const;
const denoisers = ['dream', 'bert-fill'] as const;
const rewards = ['qwen3-reward', 'bert-reward', 'llama-reward', 'roberta-reward'] as const;

const tokenizers = new Map<string, Promise<Tokenizer>>();
const tokenizerOf = (name: string): Promise<Tokenizer> => {
  const known =
    tokenizers.get(name) ?? readTokenizer(fixture(name), 100_000).then(({ tokenizer }) => tokenizer);
  tokenizers.set(name, known);
  return known;
};

/** User text must not become a token that means something; what comes back must not be longer without end. */
const encode = async (name: string, text: string): Promise<void> => {
  const { encodeText, encodePrompt, encodeDialogue, decode, vocabulary } = await tokenizerOf(name);
  const ids = encodeText(text);
  // Any text may hold what the vocabulary lacks.
  const specials = new Set(vocabulary.specialIds.filter((id) => id !== vocabulary.unknownId));
  const wrong = ids.find(
    (id) =>
      id === vocabulary.maskId ||
      (specials.has(id) && vocabulary.tokens[id] !== undefined && text.includes(vocabulary.tokens[id]!)),
  );
  if (wrong !== undefined)
    throw new HostileFinding('wrong accept', `user text became ${vocabulary.tokens[wrong]}`);
  if (ids.some((id) => !(id >= 0 && id < vocabulary.size)))
    throw new HostileFinding('wrong accept', 'an id past the table');
  decode(ids);
  encodePrompt(text);
  encodeDialogue(text, text);
};

/** Whether a text is short enough for every window and has something in it. */
const isEasy = (text: string) => text.length <= 8 && text.trim() !== '' && text.isWellFormed();

const tried = (random: Random, name: string, text: string): HostileCase => {
  const shown = `${name}: ${text.length} of ${JSON.stringify(text.slice(0, 20))}`;
  const how = random.below(4);
  if (how === 0) {
    const model = random.pick(denoisers);
    const prompt: Prompt = random.pick([
      text,
      [{ role: 'user', content: text }],
      [
        { role: 'system', content: text },
        { role: 'user', content: 'Hi' },
      ],
    ] as const);
    return {
      name: `generate ${model}, ${shown}`,
      expected: 'either',
      run: async () => generate(await denoiserOf(model), prompt),
    };
  }
  if (how === 1) {
    const model = random.pick(rewards);
    const [prompt, response] = random.pick([
      [text, 'Yes'],
      ['Hi', text],
      [text, text],
    ] as const);
    return {
      name: `score ${model}, ${shown}`,
      expected: isEasy(text) ? 'works' : 'either',
      run: async () => score(await rewardOf(model), prompt, response),
    };
  }
  const model = random.pick(checkpoints);
  return {
    name: `encode ${model}, ${shown}`,
    expected: isEasy(text) ? 'works' : 'either',
    // Five passes over the text. One takes what it takes Rust's tokenizers: 2 s where 300,000 letters become 1.8 million tokens.
    limit: 5 * LIMIT,
    run: () => encode(model, text),
  };
};

const lengths = [1, 2, 7, 100, 5000, 60_000, 300_000] as const;
const repeated = (random: Random, name: string, pieces: readonly string[]): HostileCase => {
  const piece = random.pick(pieces);
  return tried(random, name, piece.repeat(Math.ceil(random.pick(lengths) / piece.length)));
};

const specials = [
  '<|mask|>',
  '<|im_end|>',
  '<|im_start|>',
  '<|endoftext|>',
  '[MASK]',
  '[CLS]',
  '[SEP]',
  '[PAD]',
  '[UNK]',
  '<s>',
  '</s>',
  '<mask>',
  '<pad>',
  '<unk>',
  '<|mdm_mask|>',
  '<|eot_id|>',
  '[INST]',
];
const disguise: readonly ((token: string) => string)[] = [
  (t) => t,
  (t) => t.toLowerCase(),
  (t) => t.toUpperCase(),
  (t) => [...t].join('\u200b'),
  (t) => t.normalize('NFKD'),
  (t) => [...t].map((c) => String.fromCodePoint(c.codePointAt(0)! + 0xfee0)).join(''),
  (t) => ` ${t} `,
  (t) => `\ue000${t}`,
  (t) => t.slice(0, -1),
  (t) => t + t,
  (t) => `${t}\n`,
  (t) => `a${t}b`,
  (t) => `\u0000${t}`,
  (t) => t.replace('|', '｜'),
  (t) => `▁${t}`,
  (t) => `Ġ${t}`,
  (t) => `##${t}`,
];

/** What users type, paste and send to break things. */
export const texts: HostileGroup = {
  'private use': (random) =>
    repeated(random, 'private', ['\ue000', '\ue000\ue001', '\uf8ff', '\u{f0000}', '\u{10ffff}', 'a\ue000']),
  surrogates: (random) =>
    repeated(random, 'surrogates', [
      '\ud800',
      '\udfff',
      '\udfff\ud800',
      'a\ud800',
      '\ud83d ',
      '\ud800\ud800\udc00',
    ]),
  'one letter': (random) =>
    repeated(random, 'letter', [
      'a',
      'ß',
      '一',
      '한',
      'ก',
      '\u1112\u1161\u11ab',
      '1',
      '.',
      '#',
      '\u0130',
      'ﷺ',
      "'",
    ]),
  blanks: (random) =>
    repeated(random, 'blanks', [
      ' ',
      '\n',
      '\t',
      '\r\n',
      '\u00a0',
      '\u3000',
      '\u2028',
      ' \n',
      '\u200b',
      '\ufeff',
      '\u0085',
      'a ',
      ' a\n',
    ]),
  controls: (random) =>
    repeated(random, 'controls', [
      '\u0000',
      '\u0007',
      '\u001b[2J',
      '\u007f',
      '\u009f',
      '\u202e',
      '\u2066',
      '\u{e0001}',
      'a\u0000',
      '\b',
      '\u001b]0;x\u0007',
    ]),
  marks: (random) =>
    repeated(random, 'marks', [
      '\u0301',
      'a\u0301\u0323\u0308',
      '\u0f39',
      '\u20dd',
      '\u{1d165}',
      '\u0344',
      'e\u0301',
      '\u3099',
      '\u0338',
      '\ufb2c',
    ]),
  emoji: (random) =>
    repeated(random, 'emoji', [
      '👩‍👩‍👧‍👦',
      '🏳️‍🌈',
      '🇩🇪',
      '👍🏽',
      '\u200d',
      '\ufe0f',
      '🏴\u{e0067}\u{e0062}\u{e007f}',
    ]),
  'look-alikes': (random) => tried(random, 'look-alike', random.pick(disguise)(random.pick(specials))),
  'many look-alikes': (random) =>
    repeated(
      random,
      'look-alikes',
      specials.map((token) => random.pick(disguise)(token)),
    ),
  'other syntax': (random) =>
    repeated(random, 'syntax', [
      '{{ 1 }}',
      '{% for',
      '$&',
      '\\',
      '"',
      '{x}',
      '%s',
      '<0x41>',
      '▁',
      'Ġ',
      '##a',
      '&lt;',
      '\\u0000',
      '__proto__',
      '</think>',
      '[INST]',
      '```',
      '(a+)+$',
    ]),
  mixed(random) {
    const length = random.pick(lengths);
    const from = random.pick([0x7f, 0x7ff, 0xffff, 0x10ffff]);
    return tried(
      random,
      'mixed',
      Array.from({ length }, () => String.fromCodePoint(random.below(from + 1))).join(''),
    );
  },
  'no text'(random) {
    const value = random.pick([
      '',
      ' ',
      '\n\t',
      null,
      undefined,
      1,
      {},
      [],
      [null],
      [{}],
      [{ role: 'user' }],
      [{ role: 'tool', content: 'a' }],
      [{ role: 'user', content: 1 }],
      true,
      Symbol('x'),
      () => 'a',
      new String('a'),
      [[]],
      [{ role: 'assistant', content: '' }],
    ]);
    const model = random.pick(denoisers);
    return {
      name: `generate ${model} from ${String(JSON.stringify(value) ?? typeof value)}`,
      expected: 'refused',
      run: async () => generate(await denoiserOf(model), value as Prompt),
    };
  },
  'no response'(random) {
    const value = random.pick([null, undefined, 1, {}, [], ['a'], true, new String('a')]);
    const model = random.pick(rewards);
    const isPrompt = random.below(2) === 0;
    return {
      name: `score ${model}, ${isPrompt ? 'prompt' : 'response'} ${JSON.stringify(value) ?? 'undefined'}`,
      expected: 'refused',
      run: async () =>
        score(await rewardOf(model), isPrompt ? (value as never) : 'Hi', isPrompt ? 'Yes' : (value as never)),
    };
  },
};
