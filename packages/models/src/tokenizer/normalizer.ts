import { UnsupportedError } from '@entrgi/core';
import type { Component } from './file/component.js';
import { type Pattern, readPattern } from './patterns/pattern.js';
import { precompiledCharsmap } from './precompiled-charsmap.js';
import type { Budget } from './text/budget.js';
import { inByteCharacters } from './text/byte-level.js';
import { type Edit, edited, editsOf, type Traced } from './text/traced.js';

/** Changes a text before it is split. */
export interface Normalizer {
  normalize(text: Traced, budget: Budget): Traced;
  /** Whether every pattern in it is a known one. */
  readonly isKnown: boolean;
}

/** One step, as the edits that it makes, or the text itself. */
type Step = (text: string, budget: Budget, traced: Traced) => Edit[] | Traced;

export const readNormalizer = (part: Component): Normalizer => {
  const patterns: Pattern[] = [];
  const steps = readSteps(part, patterns);
  return {
    isKnown: patterns.every(({ isKnown }) => isKnown),
    normalize(text, budget) {
      let result = text;
      for (const step of steps) {
        budget.spend(result.text.length);
        if (result.text === '') break;
        const next = step(result.text, budget, result);
        result = Array.isArray(next) ? edited(result, next, budget) : next;
      }
      return result;
    },
  };
};

const readSteps = (part: Component, patterns: Pattern[]): Step[] => {
  switch (part.type) {
    case 'Sequence':
      return part.list('normalizers').flatMap((inner) => readSteps(inner, patterns));
    case 'NFC':
    case 'NFD':
    case 'NFKC':
    case 'NFKD':
      return [composition(part.type)];
    case 'Lowercase':
      return [lowercase];
    case 'StripAccents':
      return [removing(/\p{M}+/gu)];
    case 'Nmt':
      return [removing(nmtRemoved), replacing(nmtBlank, ' ')];
    case 'ByteLevel':
      return [(_text, budget, traced) => inByteCharacters(traced, budget)];
    case 'Precompiled':
      return [precompiledCharsmap(part)];
    case 'Bert':
    case 'BertNormalizer':
      return bertSteps(part);
    case 'Strip':
      return [strip(part.flag('strip_left'), part.flag('strip_right'))];
    case 'Prepend':
      return [prepend(part.text('prepend'))];
    case 'Replace': {
      const pattern = readPattern(part);
      patterns.push(pattern);
      return [replace(pattern, part.text('content'))];
    }
    default:
      throw new UnsupportedError(`${part.where}: the normalizer ${JSON.stringify(part.type)}.`, {
        value: part.type,
        hint: 'Use a tokenizer without it.',
      });
  }
};

const removing =
  (expression: RegExp): Step =>
  (text) =>
    editsOf(text, expression, () => '');
const replacing =
  (expression: RegExp, content: string): Step =>
  (text) =>
    editsOf(text, expression, () => content);

/** Letter by letter: a final sigma stays the one of the middle, as in the Rust library. */
const lowercase: Step = (text) =>
  editsOf(text, /[\p{Changes_When_Lowercased}]/gu, (letter) => letter.toLowerCase());

/** Where composing could reach over: marks, the letters of Hangul, and what becomes one of them. */
const runs = /[\s\S](?:[\p{M}\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff\u3131-\u318e\uff9e-\uffdc])*/gu;

const composition =
  (form: string): Step =>
  (text) =>
    text.normalize(form) === text ? [] : editsOf(text, runs, (run) => run.normalize(form));

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
const nmtRemoved = /[\u0001-\u0008\u000b\u000e-\u001f\u007f\u008f\u009f]+/gu;
const nmtBlank = /[\t\n\f\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]/gu;

/** Chinese characters in BERT's sense. */
const chinese =
  /[\u4e00-\u9fff\u3400-\u4dbf\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b920}-\u{2ceaf}\uf900-\ufaff\u{2f800}-\u{2fa1f}]/gu;

const bertSteps = (part: Component): Step[] => {
  const isLower = part.flag('lowercase');
  const steps: Step[] = [];
  if (part.flag('clean_text')) {
    steps.push(
      removing(/[\0\ufffd]|(?![\t\n\r])[\p{Cc}\p{Cf}\p{Co}]/gu),
      replacing(/\p{White_Space}/gu, ' '),
    );
  }
  if (part.flag('handle_chinese_chars')) {
    steps.push((text) => editsOf(text, chinese, (character) => ` ${character} `));
  }
  if (part.optionalFlag('strip_accents') ?? isLower) steps.push(composition('NFD'), removing(/\p{Mn}+/gu));
  if (isLower) steps.push(lowercase);
  return steps;
};

const strip =
  (left: boolean, right: boolean): Step =>
  (text) => {
    const start = left ? /^\p{White_Space}*/u.exec(text)![0].length : 0;
    let end = text.length;
    while (right && end > start && /\p{White_Space}/u.test(text[end - 1]!)) end--;
    return [
      ...(start > 0 ? [{ start: 0, end: start, text: '' }] : []),
      ...(end < text.length ? [{ start: end, end: text.length, text: '' }] : []),
    ];
  };

const prepend =
  (prefix: string): Step =>
  (text) => {
    const first = String.fromCodePoint(text.codePointAt(0)!);
    return [{ start: 0, end: first.length, text: prefix + first }];
  };

/** The content is literal: no `$1`, no `$&`. */
const replace =
  (pattern: Pattern, content: string): Step =>
  (text, budget) => {
    const edits: Edit[] = [];
    const ranges = pattern.ranges(text, budget);
    for (let i = 0; i < ranges.length; i += 2) {
      const [start, end] = [ranges[i]!, ranges[i + 1]!];
      edits.push({ start, end, text: content, startOf: end - 1 });
    }
    return edits;
  };
