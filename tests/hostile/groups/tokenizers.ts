import { readFile } from 'node:fs/promises';
import { fixture } from '../../../packages/models/fixtures/fixture.js';
import { mutated } from '../../../packages/models/fixtures/mutated-json.js';
import { nastyTexts, randomTokenizer } from '../../../packages/models/fixtures/random-tokenizer.js';
import type { Tokenizer } from '../../../packages/models/src/contracts/tokenizer.js';
import { configReader } from '../../../packages/models/src/files/config-reader.js';
import { loadTokenizer } from '../../../packages/models/src/prompt/load-tokenizer.js';
import type { Random } from '../../fuzz/random.js';
import { type HostileCase, HostileFinding, type HostileGroup } from '../hostile-case.js';

const ROWS = 1024;

// biome-ignore lint/suspicious/noExplicitAny: tokenizer.json is changed in ways that have no type
type Json = any;

const load = (file: unknown, settings: object): Promise<Tokenizer> => {
  const contents: Readonly<Record<string, Uint8Array>> = {
    'tokenizer.json': Buffer.from(JSON.stringify(file)),
    'tokenizer_config.json': Buffer.from(JSON.stringify(settings)),
  };
  const folder = {
    name: 'checkpoint',
    async open(name: string) {
      const content = contents[name];
      return (
        content && {
          size: content.length,
          path: name,
          read: async (offset: number, length: number) => content.subarray(offset, offset + length),
          close: async () => {},
        }
      );
    },
  };
  return loadTokenizer(folder, { config: configReader({}, 'config.json'), vocabularySize: ROWS });
};

const settings = {
  chat_template: '{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}',
};

/** Encodes, decodes, and puts into a conversation; every id must have a row. */
const tokenizer = (
  name: string,
  expected: HostileCase['expected'],
  make: () => unknown | Promise<unknown>,
  { texts = [], own = settings }: { texts?: readonly string[]; own?: object } = {},
): HostileCase => ({
  name,
  expected,
  async run() {
    const { encodeText, encodePrompt, decode, vocabulary } = await load(await make(), own);
    for (const text of texts.length > 0 ? texts : nastyTexts) {
      const ids = encodeText(text);
      const wrong = ids.find((id) => !(id >= 0 && id < ROWS));
      if (wrong !== undefined)
        throw new HostileFinding('wrong accept', `the id ${wrong} for ${text.slice(0, 40)}`);
      const special = ids.find((id) => id === vocabulary.maskId);
      if (special !== undefined)
        throw new HostileFinding('wrong accept', `${text.slice(0, 40)} becomes a mask`);
      decode(ids);
    }
    encodePrompt(texts[0] ?? 'Hello');
  },
});

/** One of the fixtures' tokenizers, changed. */
const altered = (
  random: Random,
  name: string,
  expected: HostileCase['expected'],
  change: (file: Json) => void,
  more: { texts?: readonly string[]; own?: object } = {},
): HostileCase => {
  const base = random.pick(['dream', 'bert-reward', 'llama-reward', 'roberta-reward']);
  return tokenizer(
    `${base}: ${name}`,
    expected,
    async () => {
      const file = JSON.parse(await readFile(`${fixture(base)}/tokenizer.json`, 'utf8'));
      change(file);
      return file;
    },
    more,
  );
};

const bombs = [
  '(a+)+$',
  '(a|a)*$',
  '(a|aa)+$',
  '^(a*)*$',
  '(.*)*x',
  '(.*a){20}',
  '([a-z]+)*$',
  '(a?){40}a{40}',
  '(\\s|\\s+)+$',
  '(?:a+b?)+c',
  '(a+)+b|c',
  '((a+)+)+$',
  '(\\w*)*!',
  '(?=(a+)+$)a',
  '(?<=(a+)+)b',
  '(a{1,30}){1,30}$',
  '(x+x+)+y',
  '(?i:(a|A)+)+$',
  '(a+){2,}b',
  '\\p{L}+(\\p{L}+)*$',
];
const odd = [
  '[',
  '(',
  ')',
  '*',
  'a{2,1}',
  '\\',
  '(?<n>a)\\k<m>',
  '\\p{Nope}',
  '[z-a]',
  '(?P<x>a)',
  '(?(1)a|b)',
  '\\g<0>',
  '(?R)',
  'a{999999999}',
  '(?#c)a',
  '[[:nope:]]',
  '\\x{110000}',
  '\\u{d800}',
  '(?<!a*)b',
  '(?>a',
  '\\K',
  '[^]',
  '[]',
  '(?x) a',
  '(?m)^a$',
  '\\1',
  '\\99',
  '(?<a>.)(?<a>.)',
  '\ud800',
  '[\ud800-\udfff]',
  '\u0000',
  'a**',
  'a+++',
  '(?i',
  '[a&&',
  '\\c',
  '(?:)',
  '',
  '(?!)',
  '|',
  '^',
  '(|a)*',
];
const strays = [
  null,
  true,
  -1,
  0.5,
  1e9,
  2 ** 53,
  1e308,
  '',
  'a',
  [],
  {},
  [null],
  '__proto__',
  '\ud800',
  '\ue000',
];

const added = (id: unknown, content: unknown, more: object = {}) => ({
  id,
  content,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special: true,
  ...more,
});

/** Tokenizers that take for ever, multiply, contradict themselves or point past the table. */
export const tokenizers: HostileGroup = {
  mutated(random) {
    const [which, seed] = [random.below(1e6), random.below(1e6)];
    return tokenizer(`${which}, ${seed}`, 'either', () => mutated(randomTokenizer(which), seed));
  },
  random(random) {
    const which = random.below(1e6);
    return tokenizer(`${which}`, 'either', () => randomTokenizer(which));
  },
  'mutated fixture'(random) {
    const seed = random.below(1e6);
    return altered(random, `mutated ${seed}`, 'either', (file) => {
      const { model, ...rest } = file;
      Object.assign(file, mutated(rest, seed), { model });
    });
  },
  'expressions that explode'(random) {
    const [regex, letter] = [random.pick(bombs), random.pick(['a', 'x', ' ', 'aA'])];
    const text = `${letter.repeat(random.pick([30, 1000, 20_000]))}!`;
    const where = random.below(3);
    return altered(
      random,
      `${regex} on ${text.length} of ${letter} (${where})`,
      'either',
      (file) => {
        if (where === 0)
          file.pre_tokenizer = {
            type: 'Split',
            pattern: { Regex: regex },
            behavior: random.pick(['Isolated', 'Removed']),
            invert: random.below(2) === 0,
          };
        else if (where === 1) file.normalizer = { type: 'Replace', pattern: { Regex: regex }, content: 'x' };
        else file.decoder = { type: 'Replace', pattern: { Regex: regex }, content: 'x' };
      },
      { texts: [text] },
    );
  },
  'odd expressions'(random) {
    const regex = random.pick(odd);
    return altered(random, JSON.stringify(regex), 'either', (file) => {
      file.pre_tokenizer = {
        type: 'Split',
        pattern: { Regex: regex },
        behavior: 'Isolated',
        invert: random.below(2) === 0,
      };
    });
  },
  'texts that multiply'(random) {
    const [times, by, place] = [
      2 + random.below(30),
      2 + random.below(60),
      random.pick(['normalizer', 'decoder']),
    ];
    return altered(
      random,
      `${place} multiplies by ${by}, ${times} times`,
      by ** times > 1e8 && place === 'normalizer' ? 'refused' : 'either',
      (file) => {
        const steps = Array.from({ length: times }, () => ({
          type: 'Replace',
          pattern: { String: 'a' },
          content: 'a'.repeat(by),
        }));
        file[place] = { type: 'Sequence', [place === 'normalizer' ? 'normalizers' : 'decoders']: steps };
      },
      { texts: ['aaaa bab'] },
    );
  },
  'prepended texts'(random) {
    const [length, scheme] = [
      random.pick([0, 1, 1000, 1e6]),
      random.pick(['Prepend', 'Metaspace', 'suffix']),
    ];
    return altered(random, `${scheme} of ${length}`, 'either', (file) => {
      const text = '▁'.repeat(length);
      if (scheme === 'Prepend') file.normalizer = { type: 'Prepend', prepend: text };
      else if (scheme === 'Metaspace')
        file.pre_tokenizer = { type: 'Metaspace', replacement: text, prepend_scheme: 'always', split: true };
      else file.model.end_of_word_suffix = text;
    });
  },
  charsmaps(random) {
    const kind = random.below(4);
    const size = random.pick([0, 3, 8, 1000, 200_000]);
    const raw = Buffer.from(Array.from({ length: size }, () => random.below(256)));
    if (kind === 1 && size >= 4) raw.writeUInt32LE(size - (size % 4) - 4, 0);
    if (kind === 2 && size >= 4) raw.writeUInt32LE(2 ** 32 - 4, 0);
    return altered(random, `charsmap ${kind} of ${size}`, 'either', (file) => {
      file.normalizer = {
        type: 'Precompiled',
        precompiled_charsmap: kind === 3 ? random.pick(strays) : raw.toString('base64'),
      };
    });
  },
  'added tokens'(random) {
    const id = random.pick([-1, 0, 5, 0.5, 300, ROWS, 1e9, 2 ** 31, 2 ** 53, '7', null, true, [1], NaN]);
    const content = random.pick([
      '',
      ' ',
      'a',
      '<|mask|>',
      '\u0000',
      '\ud800',
      '\ue000',
      '__proto__',
      'x'.repeat(100_000),
      null,
      7,
      ['a'],
      '👩‍👩‍👧',
      '\n',
    ]);
    const more = random.pick([
      {},
      { lstrip: true, rstrip: true },
      { single_word: true },
      { normalized: true },
      { special: false },
      { special: 'yes' },
      { lstrip: 1 },
    ]);
    return altered(
      random,
      `${JSON.stringify(content)?.slice(0, 20)} as ${JSON.stringify(id)} ${JSON.stringify(more)}`,
      'either',
      (file) => {
        file.added_tokens = [...(file.added_tokens ?? []), added(id, content, more)];
      },
    );
  },
  'many added tokens'(random) {
    const count = random.pick([500, 10_000, 50_000]);
    const word = random.pick(['t', 'aaaaaaaa', '<|x|>', ' ', 'é']);
    return altered(random, `${count} of ${word}`, 'either', (file) => {
      const more = random.pick([{}, { normalized: true }, { lstrip: true }]);
      file.added_tokens = Array.from({ length: count }, (_, i) =>
        added(400 + (i % 600), `${word}${i}`, more),
      );
    });
  },
  'doubled added tokens': (random) =>
    altered(random, 'the same twice', 'either', (file) => {
      const token = random.pick((file.added_tokens ?? []) as Json[]) ?? added(3, 'a');
      file.added_tokens = [
        ...file.added_tokens,
        { ...token, ...random.pick([{ id: 2 }, { content: 'other' }, { special: false }, {}]) },
      ];
    }),
  'named tokens'(random) {
    const role = random.pick([
      'bos_token',
      'eos_token',
      'pad_token',
      'mask_token',
      'unk_token',
      'cls_token',
      'sep_token',
      'additional_special_tokens',
      'added_tokens_decoder',
      'extra_special_tokens',
    ]);
    const value = random.pick([
      ...strays,
      'nowhere',
      '<|mask|>',
      { content: 1 },
      { content: 'a' },
      { '5': { content: 'x' } },
      { '-1': { content: 'x' } },
      { '1e9': { content: 'x' } },
      { __proto__: null, content: '' },
    ]);
    return altered(random, `${role} is ${JSON.stringify(value)}`, 'either', () => {}, {
      own: { ...settings, [role]: value },
    });
  },
  settings(random) {
    const key = random.pick([
      'chat_template',
      'model_max_length',
      'tokenizer_class',
      'add_bos_token',
      'add_prefix_space',
      'clean_up_tokenization_spaces',
      'do_lower_case',
      'model_input_names',
      'legacy',
      'split_special_tokens',
    ]);
    const value = random.pick(strays);
    return altered(random, `${key} is ${JSON.stringify(value)}`, 'either', () => {}, {
      own: { ...settings, [key]: value },
    });
  },
  merges(random) {
    const merge = random.pick([
      'a',
      'a b c',
      '',
      ' ',
      ['a'],
      ['a', 'b', 'c'],
      [1, 2],
      null,
      ['', ''],
      ['zz', 'qq'],
      'Ġ \u0000',
      ['__proto__', 'x'],
    ]);
    return tokenizer(`${JSON.stringify(merge)}`, 'either', () => ({
      ...randomTokenizer(3),
      model: {
        type: 'BPE',
        vocab: { a: 0, b: 1, ab: 2, __proto__x: 3 },
        merges: [merge],
        unk_token: random.pick([null, 'a', 'none', '__proto__', 3]),
      },
    }));
  },
  'many merges'(random) {
    const count = random.pick([10, 200, 900]);
    return tokenizer(
      `aaaa of ${count}`,
      'either',
      () => {
        const vocab = Object.fromEntries(Array.from({ length: count + 1 }, (_, i) => ['a'.repeat(i + 1), i]));
        return {
          model: {
            type: 'BPE',
            vocab,
            merges: Array.from({ length: count }, (_, i) => ['a'.repeat(i + 1), 'a']),
          },
        };
      },
      { texts: ['a'.repeat(random.pick([100, 10_000, 100_000]))] },
    );
  },
  'vocabulary ids'(random) {
    const id = random.pick([-1, 0.5, 1e9, 2 ** 53, '1', null, ROWS, [0], {}, true, 1e308]);
    const type = random.pick(['BPE', 'WordPiece', 'WordLevel']);
    // An id beyond the table matters to a text that has it alone, as in transformers.
    const isBeyond = id === ROWS || id === 1e9;
    return tokenizer(`${type} with the id ${JSON.stringify(id)}`, isBeyond ? 'either' : 'refused', () => ({
      model: {
        type,
        vocab: { a: 0, '[UNK]': 1, odd: id },
        merges: [],
        unk_token: '[UNK]',
        continuing_subword_prefix: '##',
        max_input_chars_per_word: 100,
      },
    }));
  },
  'odd vocabularies'(random) {
    const type = random.pick(['BPE', 'WordPiece', 'WordLevel', 'Unigram', 'constructor', '', null]);
    const vocab = random.pick([
      {},
      [],
      null,
      1,
      'a',
      { a: 0, b: 0 },
      { '': 0 },
      [['a', 0]],
      [['a', null]],
      [
        ['a', 1e308],
        ['aa', -1e308],
      ],
      [['a', 'NaN']],
      [[1, 2]],
      [['']],
      { a: 5 },
      [
        ['a', 0],
        ['a', -1],
      ],
      JSON.parse('{"__proto__":0,"constructor":1}'),
    ]);
    return tokenizer(`${type} with ${JSON.stringify(vocab)}`, 'either', () => ({
      model: {
        type,
        vocab,
        merges: [],
        unk_token: random.pick(['a', '', null]),
        unk_id: random.pick([0, 7, -1, null, 0.5]),
        continuing_subword_prefix: random.pick(['##', '', 'a']),
        max_input_chars_per_word: random.pick([0, 1, 100, 1e9, -1]),
        byte_fallback: random.below(2) === 0,
      },
    }));
  },
  'deep sequences'(random) {
    // Deeper ones are no JSON that JSON.stringify can write; files have those.
    const depth = random.pick([10, 100, 800]);
    const [field, list] = random.pick([
      ['normalizer', 'normalizers'],
      ['pre_tokenizer', 'pretokenizers'],
      ['decoder', 'decoders'],
      ['post_processor', 'processors'],
    ] as const);
    return altered(random, `${depth} in ${field}`, depth > 32 ? 'refused' : 'either', (file) => {
      let inner: Json = { type: random.pick(['Sequence', 'Nope', 'ByteLevel', 'NFC']), [list]: [] };
      for (let i = 0; i < depth; i += 1) inner = { type: 'Sequence', [list]: [inner] };
      file[field] = inner;
    });
  },
  'wide sequences'(random) {
    const count = random.pick([100, 5000]);
    const kind = random.pick(['NFKC', 'NFD', 'Lowercase', 'StripAccents', 'Nmt']);
    return altered(
      random,
      `${count} of ${kind}`,
      'either',
      (file) => {
        file.normalizer = {
          type: 'Sequence',
          normalizers: Array.from({ length: count }, () => ({ type: kind })),
        };
      },
      { texts: ['é'.repeat(random.pick([10, 50_000]))] },
    );
  },
  'post-processors'(random) {
    const part = random.pick([
      { SpecialToken: { id: '[CLS]', type_id: 0 } },
      { SpecialToken: { id: 'none', type_id: 0 } },
      { Sequence: { id: 'A', type_id: -1 } },
      { Sequence: { id: 'C', type_id: 0 } },
      null,
      {},
      { Sequence: { id: 'A', type_id: 1e9 } },
      { SpecialToken: { id: '__proto__', type_id: 0 } },
    ]);
    const tokens = random.pick([
      {},
      null,
      [],
      { '[CLS]': { id: '[CLS]', ids: [-1], tokens: ['[CLS]'] } },
      { '[CLS]': { id: '[CLS]', ids: [1e9], tokens: ['[CLS]'] } },
      { '[CLS]': { id: '[CLS]', ids: [], tokens: [] } },
    ]);
    return altered(random, `${JSON.stringify(part)} ${JSON.stringify(tokens)}`, 'either', (file) => {
      file.post_processor = random.pick([
        {
          type: 'TemplateProcessing',
          single: [part, { Sequence: { id: 'A', type_id: 0 } }],
          pair: [part],
          special_tokens: tokens,
        },
        { type: 'BertProcessing', sep: part, cls: tokens },
        { type: 'RobertaProcessing', sep: ['</s>', -1], cls: ['<s>', 1e9] },
      ]);
    });
  },
};
