import { UnsupportedError } from '@entrgi/core';
import type { Component } from './file/component.js';
import { readMetaspace } from './file/metaspace.js';
import { type Pattern, readPattern } from './patterns/pattern.js';
import { type Budget, budgetFor } from './text/budget.js';
import { fromByteCharacters } from './text/byte-level.js';

/** Token strings to text. */
export interface Decoder {
  decode(tokens: readonly string[]): string;
  /** Whether every pattern in it is a known one. */
  readonly isKnown: boolean;
}

type Step = (tokens: readonly string[], budget: Budget) => string[];

export const readDecoder = (part: Component): Decoder => {
  const patterns: Pattern[] = [];
  const steps = readSteps(part, patterns);
  return {
    isKnown: patterns.every(({ isKnown }) => isKnown),
    decode(tokens) {
      if (tokens.length === 0) return '';
      // One for all steps: each may multiply what the one before it has multiplied.
      const budget = budgetFor(lengthOf(tokens), part.where);
      return steps.reduce<readonly string[]>((result, step) => step(result, budget), tokens).join('');
    },
  };
};

const lengthOf = (tokens: readonly string[]): number => tokens.reduce((sum, token) => sum + token.length, 0);

const readSteps = (part: Component, patterns: Pattern[]): Step[] => {
  switch (part.type) {
    case 'Sequence':
      return part.list('decoders').flatMap((inner) => readSteps(inner, patterns));
    case 'ByteLevel':
      return [byteLevel];
    case 'ByteFallback':
      return [byteFallback];
    case 'Fuse':
      return [(tokens) => [tokens.join('')]];
    case 'Metaspace':
      return [metaspace(part)];
    case 'Strip':
      return [strip(part.character('content'), part.count('start'), part.count('stop'))];
    case 'BPEDecoder':
      return [bpe(part.text('suffix'))];
    case 'WordPiece':
      return [wordPiece(part.text('prefix'), part.flag('cleanup'))];
    case 'CTC':
      return [ctc(part.text('pad_token'), part.text('word_delimiter_token'), part.flag('cleanup'))];
    case 'Replace': {
      const pattern = readPattern(part);
      patterns.push(pattern);
      return [replace(pattern, part.text('content'))];
    }
    default:
      throw new UnsupportedError(`${part.where}: the decoder ${JSON.stringify(part.type)}.`, {
        value: part.type,
        hint: 'Use a tokenizer without it.',
      });
  }
};

/** Bytes that are no UTF-8 become U+FFFD. */
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
const strictUtf8 = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });

const byteLevel: Step = (tokens) => {
  const parts = tokens.map(fromByteCharacters);
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return [utf8.decode(bytes)];
};

/** Runs of `<0x41>` as their bytes; where those are no UTF-8, one U+FFFD for each. */
const byteFallback: Step = (tokens) => {
  const result: string[] = [];
  let bytes: number[] = [];
  const flush = (): void => {
    if (bytes.length === 0) return;
    try {
      result.push(strictUtf8.decode(Uint8Array.from(bytes)));
    } catch {
      for (const _ of bytes) result.push('\ufffd');
    }
    bytes = [];
  };
  for (const token of tokens) {
    const byte = /^<0x([0-9A-Fa-f]{2}|\+[0-9A-Fa-f])>$/.exec(token);
    if (byte !== null) {
      bytes.push(Number.parseInt(byte[1]!, 16));
      continue;
    }
    flush();
    result.push(token);
  }
  flush();
  return result;
};

const metaspace = (part: Component): Step => {
  const { replacement, prepend } = readMetaspace(part);
  return (tokens) =>
    tokens.map((token, i) => token.replaceAll(replacement, i === 0 && prepend !== 'never' ? '' : ' '));
};

const strip =
  (content: string, start: number, stop: number): Step =>
  (tokens) =>
    tokens.map((token) => {
      const characters = [...token];
      let from = 0;
      while (from < start && characters[from] === content) from++;
      let to = characters.length;
      while (characters.length - to < stop && to > 0 && characters[to - 1] === content) to--;
      return characters.slice(from, Math.max(from, to)).join('');
    });

const bpe =
  (suffix: string): Step =>
  (tokens) =>
    tokens.map((token, i) => literally(token, suffix, i === tokens.length - 1 ? '' : ' '));

const wordPiece =
  (prefix: string, cleansUp: boolean): Step =>
  (tokens) =>
    tokens.map((token, i) => {
      const joined = i === 0 ? token : token.startsWith(prefix) ? token.slice(prefix.length) : ` ${token}`;
      return cleansUp ? cleanedUp(joined, true) : joined;
    });

const ctc =
  (pad: string, delimiter: string, cleansUp: boolean): Step =>
  (tokens) =>
    tokens
      .filter((token, i) => token !== tokens[i - 1])
      .map((token) => {
        const bare = literally(token, pad, '');
        return cleansUp ? literally(cleanedUp(bare, true), delimiter, ' ') : bare;
      })
      .filter((token) => token !== '');

const replace =
  (pattern: Pattern, content: string): Step =>
  (tokens, budget) => {
    const found = tokens.map((token) => pattern.ranges(token, budget));
    const matches = found.reduce((sum, ranges) => sum + ranges.length / 2, 0);
    budget.grow(lengthOf(tokens) + matches * content.length);
    return tokens.map((token, at) => {
      const ranges = found[at]!;
      let result = '';
      let from = 0;
      for (let i = 0; i < ranges.length; i += 2) {
        result += token.slice(from, ranges[i]) + content;
        from = ranges[i + 1]!;
      }
      return result + token.slice(from);
    });
  };

/** Every `wanted`, not as an expression; the content not as one either. */
const literally = (text: string, wanted: string, content: string): string =>
  text.replaceAll(wanted, () => content);

const artefacts: readonly (readonly [string, string])[] = [
  [' .', '.'],
  [' ?', '?'],
  [' !', '!'],
  [' ,', ','],
  [" ' ", "'"],
  [" n't", "n't"],
  [" 'm", "'m"],
  [' do not', " don't"],
  [" 's", "'s"],
  [" 've", "'ve"],
  [" 're", "'re"],
];

/**
 * Without the blanks that splitting into words leaves before punctuation; the Rust library also contracts “do
 * not”, Python does not.
 */
export const cleanedUp = (text: string, contracts: boolean): string =>
  artefacts
    .filter(([found]) => contracts || found !== ' do not')
    .reduce((result, [found, content]) => literally(result, found, content), text);
