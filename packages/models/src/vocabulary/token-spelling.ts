import type { Spelling } from '@entrgi/core';
import { byteLevelAlphabet } from '../tokenizer/text/byte-level-alphabet.js';
import { bytesToText } from '../tokenizer/text/bytes-to-text.js';
import type { TokenizerFile } from './token-codec.js';

/**
 * What the tokens of a tokenizer.json spell, by its model, normalizer, pre-tokenizer and decoder: the
 * byte-level alphabet, a mark for the space before a word (SentencePiece), one for the middle of a word
 * (WordPiece) or for its end (CLIP), single bytes. `tokens` are its token strings by id.
 */
export const tokenSpelling = (file: TokenizerFile, tokens: readonly (string | undefined)[]): Spelling => {
  const marks = readMarks(file);
  const added = new Map(file.added_tokens.map((token) => [token.id, token]));
  const texts = tokens.map((token, id) => {
    const own = added.get(id);
    if (own !== undefined) return own.special === true ? undefined : own.content;
    return token === undefined ? undefined : textOf(token, marks) || undefined;
  });
  if (marks.byteFallback) dropSpareBytes(tokens, texts);
  const { spaces, lowercase, stripAccents } = marks;
  return { texts, spaces, lowercase, stripAccents };
};

interface Marks extends Omit<Spelling, 'texts'> {
  readonly byteLevel: boolean;
  readonly byteFallback: boolean;
  /** What stands for a space. */
  readonly space: string | undefined;
  /** What the pieces inside a word begin with. */
  readonly inside: string | undefined;
  /** What the last piece of a word ends with. */
  readonly wordEnd: string | undefined;
  /** Whether marks and Chinese characters are always words of their own. */
  readonly isolates: boolean;
}

/** A component of a tokenizer.json; the fields are of different ones. */
interface Component {
  readonly type?: unknown;
  readonly replacement?: unknown;
  readonly content?: unknown;
  readonly pattern?: { readonly String?: unknown };
  readonly lowercase?: unknown;
  readonly strip_accents?: unknown;
}

const readMarks = (file: TokenizerFile): Marks => {
  const { model, normalizer, pre_tokenizer, decoder } = file as TokenizerFile & Record<string, unknown>;
  const settings = model as unknown as Record<string, unknown>;
  const normalizers = componentsOf(normalizer);
  const cutters = componentsOf(pre_tokenizer);
  const decoders = componentsOf(decoder);
  const has = (components: readonly Component[], ...types: string[]) =>
    components.some(({ type }) => types.includes(type as string));

  const byteLevel = has([...normalizers, ...cutters, ...decoders], 'ByteLevel');
  const space = spaceMark([...normalizers, ...cutters, ...decoders]);
  const inside = settings.continuing_subword_prefix ?? (settings.type === 'WordPiece' ? '##' : undefined);
  const wordEnd = settings.end_of_word_suffix;
  const bert = normalizers.find(({ type }) => type === 'BertNormalizer');
  const lowercase = bert?.lowercase === true || has(normalizers, 'Lowercase');
  const isMark = (mark: unknown): mark is string => typeof mark === 'string' && mark !== '';
  const isImplied =
    isMark(wordEnd) ||
    (!byteLevel &&
      space === undefined &&
      (isMark(inside) || has(cutters, 'BertPreTokenizer', 'Whitespace', 'WhitespaceSplit')));
  return {
    byteLevel,
    byteFallback: settings.byte_fallback === true || has(decoders, 'ByteFallback'),
    space,
    inside: isMark(inside) ? inside : undefined,
    wordEnd: isMark(wordEnd) ? wordEnd : undefined,
    isolates: has(cutters, 'BertPreTokenizer', 'Punctuation', 'Whitespace'),
    spaces: isImplied ? 'implied' : 'written',
    lowercase,
    stripAccents:
      has(normalizers, 'StripAccents') || (bert !== undefined && (bert.strip_accents ?? lowercase) === true),
  };
};

/** A component, or those that it is a sequence of. */
const componentsOf = (value: unknown): readonly Component[] => {
  if (typeof value !== 'object' || value === null) return [];
  const { normalizers, pretokenizers, decoders } = value as Record<string, unknown>;
  const parts = normalizers ?? pretokenizers ?? decoders;
  return Array.isArray(parts) ? parts.flatMap(componentsOf) : [value as Component];
};

/**
 * What a space becomes before text is cut: Metaspace's replacement, or that of a normalizer or decoder which
 * replaces it.
 */
const spaceMark = (components: readonly Component[]): string | undefined => {
  for (const { type, replacement, content, pattern } of components) {
    if (type === 'Metaspace') return typeof replacement === 'string' ? replacement : '▁';
    if (type !== 'Replace') continue;
    if (pattern?.String === ' ' && typeof content === 'string') return content;
    if (content === ' ' && typeof pattern?.String === 'string') return pattern.String;
  }
  return undefined;
};

const BYTE = /^<0x([0-9A-Fa-f]{2})>$/;

/** Of a character that has a piece of its own, no text is ever cut into the byte. */
const dropSpareBytes = (tokens: readonly (string | undefined)[], texts: (string | undefined)[]): void => {
  const isByte = (id: number) => BYTE.test(tokens[id] ?? '');
  const pieces = new Set(texts.filter((_, id) => !isByte(id)));
  texts.forEach((text, id) => {
    if (isByte(id) && pieces.has(text)) texts[id] = undefined;
  });
};

const textOf = (token: string, marks: Marks): string | undefined => {
  const byte = marks.byteFallback ? BYTE.exec(token)?.[1] : undefined;
  if (byte !== undefined) return bytesToText([Number.parseInt(byte, 16)]);
  const { inside, wordEnd, space, byteLevel, spaces, isolates } = marks;
  const isInside = inside !== undefined && token.startsWith(inside) && token.length > inside.length;
  const isWordEnd = wordEnd !== undefined && token.endsWith(wordEnd);
  const bare = token.slice(isInside ? inside.length : 0, isWordEnd ? -wordEnd.length : undefined);
  const text = byteLevel ? byteLevelText(bare) : space === undefined ? bare : bare.replaceAll(space, ' ');
  if (spaces === 'written' || text === '') return text;
  const isIsolated = isolates && ISOLATED.test(text);
  // A mark that does not end its word, or is inside one: it may be in the vocabulary, but no text is cut so.
  if (isIsolated && (isInside || (wordEnd !== undefined && !isWordEnd))) return undefined;
  if (isInside) return text;
  const startsWord = inside !== undefined || isWordEnd;
  return startsWord && !isIsolated ? ` ${text}` : text;
};

/** Punctuation and Chinese characters, as BERT tells them. */
const ISOLATED = /^[!-/:-@[-`{-~\p{P}\p{Script=Han}]/u;

/** Added by hand, a token may hold characters that are outside the alphabet: it then stands for itself. */
const byteLevelText = (token: string): string => {
  const bytes: number[] = [];
  for (const character of token) {
    const byte = byteLevelAlphabet.get(character);
    if (byte === undefined) return token;
    bytes.push(byte);
  }
  return bytesToText(bytes);
};
