import { UnsupportedError } from '@entrgi/core';
import type { Component } from './file/component.js';
import { readMetaspace } from './file/metaspace.js';
import { knownExpressions } from './patterns/known-expressions.js';
import { type Pattern, readPattern, stringPattern } from './patterns/pattern.js';
import { translateExpression } from './patterns/translate-expression.js';
import type { Budget } from './text/budget.js';
import { inByteCharacters } from './text/byte-level.js';
import { scriptRanges } from './text/script-ranges.js';
import { type Ranges, type SplitBehavior, split, splitBehaviors } from './text/split.js';
import { edited, editsOf, isAtStart, type Traced } from './text/traced.js';

/** Splits a normalized text into the pieces that the model sees one by one. */
export interface PreTokenizer {
  pieces(text: Traced, budget: Budget): readonly Traced[];
  /** Whether every pattern in it is a known one. */
  readonly isKnown: boolean;
}

type Step = (text: Traced, budget: Budget) => readonly Traced[];

export const readPreTokenizer = (part: Component): PreTokenizer => {
  const patterns: Pattern[] = [];
  const steps = readSteps(part, patterns);
  return {
    isKnown: patterns.every(({ isKnown }) => isKnown),
    pieces(text, budget) {
      let pieces: readonly Traced[] = [text];
      for (const step of steps) {
        budget.spend(8 * pieces.length);
        const next: Traced[] = [];
        for (const piece of pieces)
          for (const part of step(piece, budget)) if (part.text !== '') next.push(part);
        pieces = next;
      }
      return pieces;
    },
  };
};

const readSteps = (part: Component, patterns: Pattern[]): Step[] => {
  switch (part.type) {
    case 'Sequence':
      return part.list('pretokenizers').flatMap((inner) => readSteps(inner, patterns));
    case 'BertPreTokenizer':
      return [splitAt(blank, 'Removed'), splitAt(punctuation, 'Isolated')];
    case 'ByteLevel':
      return byteLevel(part);
    case 'CharDelimiterSplit':
    case 'Delimiter':
      return [splitAtPattern(stringPattern(part.character('delimiter')), 'Removed')];
    case 'Digits':
      return [splitAt(/\p{N}/gu, part.flag('individual_digits') ? 'Isolated' : 'Contiguous')];
    case 'FixedLength':
      return [fixedLength(part)];
    case 'Metaspace':
      return [metaspace(part)];
    case 'Punctuation':
      return [splitAt(punctuation, part.oneOf('behavior', splitBehaviors, 'Isolated'))];
    case 'Split': {
      const pattern = readPattern(part);
      patterns.push(pattern);
      return [splitAtPattern(pattern, part.oneOf('behavior', splitBehaviors), part.flag('invert'))];
    }
    case 'UnicodeScripts':
      return [(text) => split(text, scriptRanges(text.text), 'Removed', true)];
    case 'Whitespace':
      return [splitAt(words, 'Removed', true)];
    case 'WhitespaceSplit':
      return [splitAt(blank, 'Removed')];
    default:
      throw new UnsupportedError(`${part.where}: the pre-tokenizer ${JSON.stringify(part.type)}.`, {
        value: part.type,
        hint: 'Use a tokenizer without it.',
      });
  }
};

const blank = /\p{White_Space}/gu;
const punctuation = /[\p{P}!-/:-@[-`{-~]/gu;
/** Rust's words: those of Oniguruma, with the two joiners. */
const word = '\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}';
const words = new RegExp(`[${word}]+|[^${word}\\p{White_Space}]+`, 'gu');

const splitAt =
  (expression: RegExp, behavior: SplitBehavior, invert = false): Step =>
  (text, budget) => {
    const ranges: number[] = [];
    for (const match of text.text.matchAll(expression)) {
      ranges.push(match.index, match.index + match[0].length);
    }
    budget.spend(text.text.length + ranges.length);
    return split(text, ranges, behavior, invert);
  };

const splitAtPattern =
  (pattern: Pattern, behavior: SplitBehavior, invert = false): Step =>
  (text, budget) =>
    split(text, pattern.ranges(text.text, budget), behavior, invert);

/** The expression of GPT-2, for tokenizers that name it by a flag. */
const gpt2 = new RegExp(translateExpression([...knownExpressions][0]!, 'ByteLevel'), 'gv');

const byteLevel = (part: Component): Step[] => {
  const addsPrefix = part.flag('add_prefix_space');
  const prefixed: Step = (text, budget) =>
    addsPrefix && !text.text.startsWith(' ') ? [prepended(text, ' ', budget)] : [text];
  const asBytes: Step = (text, budget) => [inByteCharacters(text, budget)];
  return part.flag('use_regex', true) ? [prefixed, splitAt(gpt2, 'Isolated'), asBytes] : [prefixed, asBytes];
};

const prepended = (text: Traced, prefix: string, budget: Budget): Traced => {
  const first = String.fromCodePoint(text.text.codePointAt(0)!);
  return edited(text, [{ start: 0, end: first.length, text: prefix + first }], budget);
};

const metaspace = (part: Component): Step => {
  const { replacement, prepend, split: isSplit } = readMetaspace(part);
  const marks = stringPattern(replacement);
  return (text, budget) => {
    let result = edited(
      text,
      editsOf(text.text, / /g, () => replacement),
      budget,
    );
    const isWanted = prepend === 'always' || (prepend === 'first' && isAtStart(text));
    if (isWanted && !result.text.startsWith(replacement)) result = prepended(result, replacement, budget);
    return isSplit ? split(result, marks.ranges(result.text, budget), 'MergedWithNext') : [result];
  };
};

const fixedLength = (part: Component): Step => {
  const length = part.count('length', 5);
  if (length === 0) part.fail('length: expected at least 1', length);
  return (text, budget) => {
    const ranges: number[] = [];
    let start = 0;
    let count = 0;
    let at = 0;
    for (const character of text.text) {
      at += character.length;
      if (++count % length === 0) {
        ranges.push(start, at);
        start = at;
      }
    }
    budget.spend(text.text.length);
    return split(text, ranges satisfies Ranges, 'Isolated');
  };
};
