/**
 * What a tokenizer class of transformers puts in place of tokenizer.json's own parts, of which only the
 * vocabulary and the merges stay.
 */
export interface TokenizerClass {
  /** Special tokens by role, where the settings name none. */
  readonly roles: Readonly<Record<string, string>>;
  /** The parts, from the settings and the file. */
  parts(settings: Settings, file: Settings): Settings;
  /** Whether every special token is added once more, without the options that the file gives it. */
  readonly addsSpecialsAgain?: boolean;
}

type Settings = Readonly<Record<string, unknown>>;

const byteLevelDecoder = { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true };

/** How Qwen2 cuts a text into words before it merges bytes (transformers: Qwen2Tokenizer). */
export const qwenWords =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

/** The parts of a byte-level tokenizer that cuts as Qwen2 does. */
export const qwenParts = (addsPrefix: boolean): Settings => ({
  normalizer: { type: 'NFC' },
  pre_tokenizer: {
    type: 'Sequence',
    pretokenizers: [
      { type: 'Split', pattern: { Regex: qwenWords }, behavior: 'Isolated', invert: false },
      { type: 'ByteLevel', add_prefix_space: addsPrefix, trim_offsets: true, use_regex: false },
    ],
  },
  decoder: byteLevelDecoder,
});

const model = (file: Settings, changes: Settings): Settings => ({
  ...(file.model as Settings),
  ...changes,
});

/** Options of a BPE that a class makes anew. */
const plainBpe = {
  type: 'BPE',
  dropout: null,
  unk_token: null,
  continuing_subword_prefix: '',
  end_of_word_suffix: '',
  fuse_unk: false,
  byte_fallback: false,
  ignore_merges: false,
};

const isTrue = (value: unknown, absent: boolean): boolean =>
  value === undefined || value === null ? absent : value !== false && value !== 0 && value !== '';

const metaspace = (prepend_scheme: string, split = true): Settings => ({
  type: 'Metaspace',
  replacement: '▁',
  prepend_scheme,
  split,
});

const byteLevelBpe = (settings: Settings, file: Settings): Settings => ({
  normalizer: null,
  pre_tokenizer: {
    type: 'ByteLevel',
    add_prefix_space: isTrue(settings.add_prefix_space, false),
    trim_offsets: true,
    use_regex: true,
  },
  decoder: byteLevelDecoder,
  model: model(file, plainBpe),
});

/** SentencePiece's table of replacements, wherever the file has one. */
const charsmapIn = (file: Settings): unknown => {
  const normalizer = file.normalizer as { type?: unknown; normalizers?: unknown } | null | undefined;
  const list = normalizer?.type === 'Sequence' ? normalizer.normalizers : [normalizer];
  return Array.isArray(list) ? list.find((part) => part?.type === 'Precompiled') : undefined;
};

/** RoBERTa's and XLM-RoBERTa's. */
const fairseqRoles = {
  bos_token: '<s>',
  eos_token: '</s>',
  unk_token: '<unk>',
  sep_token: '</s>',
  pad_token: '<pad>',
  cls_token: '<s>',
  mask_token: '<mask>',
};

/**
 * The classes of transformers 5 that make their parts themselves, among those of the architectures here.
 * Every other class, and a file without one, is taken as it stands.
 */
export const tokenizerClasses: Readonly<Record<string, TokenizerClass>> = {
  LlamaTokenizer: {
    roles: { bos_token: '<s>', eos_token: '</s>', unk_token: '<unk>' },
    parts(settings, file) {
      const addsPrefix = isTrue(settings.add_prefix_space, true);
      const scheme = addsPrefix ? (isTrue(settings.legacy, false) ? 'always' : 'first') : 'never';
      const decoders = [
        { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
        { type: 'ByteFallback' },
        { type: 'Fuse' },
        ...(addsPrefix ? [{ type: 'Strip', content: ' ', start: 1, stop: 0 }] : []),
      ];
      return {
        normalizer: null,
        pre_tokenizer: metaspace(scheme, false),
        decoder: { type: 'Sequence', decoders },
        model: model(file, {
          ...plainBpe,
          continuing_subword_prefix: null,
          end_of_word_suffix: null,
          fuse_unk: true,
          byte_fallback: true,
        }),
      };
    },
  },
  Qwen2Tokenizer: {
    roles: { eos_token: '<|endoftext|>', unk_token: '<|endoftext|>', pad_token: '<|endoftext|>' },
    parts: (settings, file) => ({
      ...qwenParts(isTrue(settings.add_prefix_space, false)),
      model: model(file, plainBpe),
    }),
    addsSpecialsAgain: true,
  },
  GPT2Tokenizer: {
    roles: { bos_token: '<|endoftext|>', eos_token: '<|endoftext|>', unk_token: '<|endoftext|>' },
    parts: byteLevelBpe,
  },
  RobertaTokenizer: {
    roles: fairseqRoles,
    parts: byteLevelBpe,
  },
  BertTokenizer: {
    roles: {
      unk_token: '[UNK]',
      sep_token: '[SEP]',
      pad_token: '[PAD]',
      cls_token: '[CLS]',
      mask_token: '[MASK]',
    },
    parts: (settings, file) => ({
      normalizer: {
        type: 'BertNormalizer',
        clean_text: true,
        handle_chinese_chars: isTrue(settings.tokenize_chinese_chars, true),
        strip_accents: settings.strip_accents ?? null,
        lowercase: isTrue(settings.do_lower_case, true),
      },
      pre_tokenizer: { type: 'BertPreTokenizer' },
      decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
      model: model(file, {
        type: 'WordPiece',
        unk_token: roleText(settings.unk_token) ?? '[UNK]',
        continuing_subword_prefix: '##',
        max_input_chars_per_word: 100,
      }),
    }),
  },
  DebertaV2Tokenizer: {
    roles: {
      bos_token: '[CLS]',
      eos_token: '[SEP]',
      unk_token: '[UNK]',
      sep_token: '[SEP]',
      pad_token: '[PAD]',
      cls_token: '[CLS]',
      mask_token: '[MASK]',
    },
    parts(settings, file) {
      const scheme = isTrue(settings.add_prefix_space, true) ? 'always' : 'first';
      const unknown = roleText(settings.unk_token) ?? '[UNK]';
      const pieces = (file.model as { vocab?: unknown }).vocab;
      const place = Array.isArray(pieces)
        ? pieces.findIndex((piece) => piece?.[0] === unknown && piece[1] === 0)
        : -1;
      return {
        normalizer: {
          type: 'Sequence',
          normalizers: [
            ...(isTrue(settings.do_lower_case, false) ? [{ type: 'Lowercase' }] : []),
            { type: 'Replace', pattern: { Regex: '\\s{2,}|[\\n\\r\\t]' }, content: ' ' },
            { type: 'NFC' },
            { type: 'Strip', strip_left: false, strip_right: true },
          ],
        },
        pre_tokenizer: {
          type: 'Sequence',
          pretokenizers: [
            ...(isTrue(settings.split_by_punct, false)
              ? [{ type: 'Punctuation', behavior: 'Isolated' }]
              : []),
            metaspace(scheme),
          ],
        },
        decoder: metaspace(scheme),
        model: model(file, {
          type: 'Unigram',
          unk_id: place >= 0 ? place : (settings.unk_id ?? 1),
          byte_fallback: false,
        }),
      };
    },
  },
  XLMRobertaTokenizer: {
    roles: fairseqRoles,
    parts(settings, file) {
      const scheme = isTrue(settings.add_prefix_space, true) ? 'always' : 'never';
      return {
        normalizer: charsmapIn(file) ?? null,
        pre_tokenizer: {
          type: 'Sequence',
          pretokenizers: [{ type: 'WhitespaceSplit' }, metaspace(scheme)],
        },
        decoder: metaspace(scheme),
        model: model(file, { type: 'Unigram', unk_id: 3, byte_fallback: false }),
      };
    },
  },
};

/** A special token may stand as text or as an object with its content. */
export const roleText = (value: unknown): string | undefined => {
  const text = typeof value === 'object' ? (value as { content?: unknown } | null)?.content : value;
  return typeof text === 'string' ? text : undefined;
};

/**
 * The class that transformers takes for a model type, where the files name none or name one that it knows to
 * be wrong.
 */
const classByModelType: Readonly<Record<string, string>> = {
  qwen2: 'Qwen2Tokenizer',
  qwen3: 'Qwen2Tokenizer',
  bert: 'BertTokenizer',
  distilbert: 'BertTokenizer',
  roberta: 'RobertaTokenizer',
  'xlm-roberta': 'XLMRobertaTokenizer',
  'deberta-v2': 'DebertaV2Tokenizer',
  gpt2: 'GPT2Tokenizer',
};
/** Other names of the classes above. */
const aliases: Readonly<Record<string, string>> = {
  BartTokenizer: 'RobertaTokenizer',
  LongformerTokenizer: 'RobertaTokenizer',
  ConvBertTokenizer: 'BertTokenizer',
  DistilBertTokenizer: 'BertTokenizer',
  ElectraTokenizer: 'BertTokenizer',
  MobileBertTokenizer: 'BertTokenizer',
  SqueezeBertTokenizer: 'BertTokenizer',
};
const wronglyDeclared = ['modernbert', 'qwen2'];

/**
 * The class that AutoTokenizer would make (transformers: AutoTokenizer.from_pretrained); undefined where the
 * file is taken as it stands.
 */
export const tokenizerClass = (
  file: Settings,
  settings: Settings,
  config: Settings,
): TokenizerClass | undefined => {
  const withoutFast = (name: unknown) => (typeof name === 'string' ? name.replace(/Fast$/, '') : undefined);
  const declared = withoutFast(settings.tokenizer_class) ?? withoutFast(config.tokenizer_class);
  const modelType = typeof config.model_type === 'string' ? config.model_type : '';
  const registered = Object.hasOwn(classByModelType, modelType) ? classByModelType[modelType] : undefined;
  if (declared === 'LlamaTokenizer' && hasByteLevel(file)) return undefined;
  const isWrong = declared !== undefined && wronglyDeclared.includes(modelType);
  const chosen = isWrong ? registered : (declared ?? registered);
  const name = chosen !== undefined && Object.hasOwn(aliases, chosen) ? aliases[chosen] : chosen;
  return name !== undefined && Object.hasOwn(tokenizerClasses, name) ? tokenizerClasses[name] : undefined;
};

const hasByteLevel = (file: Settings): boolean =>
  [file.pre_tokenizer, file.decoder].some((part) =>
    JSON.stringify(part ?? null).includes('"type":"ByteLevel"'),
  );
