import { UnsupportedError } from '@entrgi/core';

/**
 * A part of an expression: JavaScript's source of it, and about how large it gets when its counts are written
 * out.
 */
interface Part {
  readonly source: string;
  readonly size: number;
}

interface Mode {
  readonly ignoreCase: boolean;
  readonly dotAll: boolean;
}

const deepest = 100;
const largest = 50_000;

/** What Oniguruma calls a word character, as the inside of a class. */
const word = '\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}';

/** Outside a class it also has the digits of Latin-1 that are no decimal ones. */
const loneWord = `${word}\\xb2\\xb3\\xb9\\xbc-\\xbe`;

/** Escapes that stand for a set, as the inside of a class (flag v). */
const sets: Readonly<Record<string, string>> = {
  d: '\\p{Nd}',
  D: '\\P{Nd}',
  h: '0-9A-Fa-f',
  H: '[^0-9A-Fa-f]',
  s: '\\p{White_Space}',
  S: '\\P{White_Space}',
  w: word,
  W: `[^${word}]`,
};

const brackets: Readonly<Record<string, string>> = {
  alnum: '\\p{Alphabetic}\\p{Nd}',
  alpha: '\\p{Alphabetic}',
  ascii: '\\x00-\\x7f',
  blank: '\\p{Zs}\\t',
  cntrl: '\\p{Cc}',
  digit: '\\p{Nd}',
  lower: '\\p{Lowercase}',
  punct: '\\p{P}\\p{S}',
  space: '\\p{White_Space}',
  upper: '\\p{Uppercase}',
  word,
  xdigit: '0-9A-Fa-f',
};

const controls: Readonly<Record<string, string>> = {
  t: '\\t',
  n: '\\n',
  r: '\\r',
  f: '\\f',
  v: '\\v',
  a: '\\x07',
  e: '\\x1b',
};

const assertions: Readonly<Record<string, string>> = {
  A: '(?<![^])',
  z: '(?![^])',
  Z: '(?=\\n?(?![^]))',
  b: `(?:(?<=[${loneWord}])(?![${loneWord}])|(?<![${loneWord}])(?=[${loneWord}]))`,
  B: `(?:(?<=[${loneWord}])(?=[${loneWord}])|(?<![${loneWord}])(?![${loneWord}]))`,
};

/** Pairs of letters that some single character (ß, ﬁ, …) equals when case is ignored. */
const ligatures = /ss|ff|fi|fl|st/;

/**
 * JavaScript's source (flag v) of an expression in Oniguruma's Ruby syntax, which tokenizer.json uses:
 * matching both is trying the alternatives in order, so the same matches come out. What has no counterpart,
 * or does not mean the same, is UnsupportedError.
 */
export const translateExpression = (expression: string, where: string): string => {
  const units = [...expression];
  let at = 0;
  let groups = 0;
  const fail = (what: string): never => {
    throw new UnsupportedError(`${where}: ${what} in the expression ${clipped(expression)}.`, {
      value: expression,
      hint: 'Write it without, or save the tokenizer with another expression.',
    });
  };
  const peek = (text: string): boolean => units.slice(at, at + text.length).join('') === text;
  const take = (text: string): boolean => {
    if (!peek(text)) return false;
    at += text.length;
    return true;
  };
  const expect = (text: string): void => {
    if (!take(text)) fail(`expected ${text} at ${at}`);
  };

  const alternatives = (outer: Mode, depth: number): Part => {
    if (depth > deepest) fail('too many nested groups');
    let mode = outer;
    const sources: string[] = [''];
    let size = 1;
    while (at < units.length && units[at] !== ')') {
      if (take('|')) {
        sources.push('');
        size++;
        continue;
      }
      const change = take('(?') ? options(mode) : undefined;
      if (change?.alone === true) {
        // Options hold for the rest of the group, alternatives included.
        mode = change.mode;
        const rest = alternatives(mode, depth + 1);
        sources.push(`${sources.pop()}(?:${rest.source})`);
        size += rest.size;
        break;
      }
      const part = change === undefined ? atom(mode, depth) : quantified(group(change.mode, depth));
      sources.push(sources.pop() + part.source);
      size += part.size;
      if (size > largest) fail('counts that multiply');
    }
    return { source: sources.join('|'), size };
  };

  /** After `(?`: letters of options, if that is what follows; else `at` is set back before `(?`. */
  const options = (mode: Mode): { mode: Mode; alone: boolean } | undefined => {
    const start = at;
    const letters = /^([a-z]*)(?:-([a-z]+))?([:)])/.exec(units.slice(at, at + 12).join(''));
    if (letters === null || letters[0] === ':') {
      at = start - 2;
      return undefined;
    }
    const [all, on = '', off = '', end] = letters;
    if (!/^[im]*$/.test(on + off)) fail(`the option (?${on}${off === '' ? '' : `-${off}`})`);
    at += all.length;
    const has = (letter: string, before: boolean): boolean =>
      off.includes(letter) ? false : on.includes(letter) || before;
    const changed = { ignoreCase: has('i', mode.ignoreCase), dotAll: has('m', mode.dotAll) };
    return { mode: changed, alone: end === ')' };
  };

  const group = (mode: Mode, depth: number): Part => {
    const inner = alternatives(mode, depth + 1);
    expect(')');
    return { source: `(?:${inner.source})`, size: inner.size };
  };
  /** Once matched, never tried in another way: a lookahead that captures, and what it captured. */
  const atomic = ({ source, size }: Part): Part => {
    groups++;
    return { source: `(?:(?=(?<g${groups}>${source}))\\k<g${groups}>)`, size: size + 2 };
  };

  const atom = (mode: Mode, depth: number): Part => {
    const unit = units[at]!;
    if (unit === '(') {
      at++;
      if (take('?#')) {
        while (at < units.length && units[at] !== ')') at++;
        expect(')');
        return { source: '', size: 0 };
      }
      for (const look of ['?=', '?!', '?<=', '?<!']) {
        if (!take(look)) continue;
        const inner = alternatives(mode, depth + 1);
        expect(')');
        return quantified({ source: `(?:(${look}${inner.source}))`, size: inner.size + 1 });
      }
      if (take('?>')) return quantified(atomic(group(mode, depth)));
      if (take('?:')) return quantified(group(mode, depth));
      if (peek('?<') || peek('?P') || peek("?'")) fail('a named group');
      if (peek('?') || peek('*')) fail(`the group (${units[at]}${units[at + 1] ?? ''}…`);
      return quantified(group(mode, depth));
    }
    if (unit === '[') return quantified(one(characterClass(mode, depth)));
    at++;
    if (unit === '.') return quantified(one(mode.dotAll ? '[^]' : '[^\\n]'));
    if (unit === '^') return quantified(one('(?:(?<![^])|(?<=\\n)(?=[^]))'));
    if (unit === '$') return quantified(one('(?:(?=\\n)|(?![^]))'));
    if (unit === '\\') return quantified(one(escapeSequence(mode)));
    if (unit === '*' || unit === '+' || unit === '?') fail(`nothing to repeat at ${at}`);
    return quantified(one(literal(unit, mode)));
  };
  const one = (source: string): Part => ({ source, size: 1 });

  const literal = (unit: string, mode: Mode): string => {
    if (!mode.ignoreCase) return escaped(unit);
    if (ligatures.test(`${units[at - 2] ?? ''}${unit}`.toLowerCase()))
      fail('a ligature when case is ignored');
    return cased(unit);
  };
  const cased = (unit: string): string => {
    if (!/[a-z]/i.test(unit)) {
      if (unit.toLowerCase() !== unit.toUpperCase() || unit > '\x7f') fail(`${unit} when case is ignored`);
      return escaped(unit);
    }
    const lower = unit.toLowerCase();
    const others: Record<string, string> = { k: '\u212a', s: '\u017f' };
    return `[${lower}${unit.toUpperCase()}${others[lower] ?? ''}]`;
  };

  const escapeSequence = (mode: Mode): string => {
    const unit = units[at++];
    if (unit === undefined) return fail('a backslash at the end');
    if (unit === 'w') return `[${loneWord}]`;
    if (unit === 'W') return `[^${loneWord}]`;
    if (Object.hasOwn(sets, unit)) return `[${sets[unit]}]`;
    if (Object.hasOwn(assertions, unit)) return assertions[unit]!;
    if (unit === 'p' || unit === 'P') return `[${property(unit)}]`;
    return literalEscape(unit, mode);
  };
  /** A character after a backslash. */
  const literalEscape = (unit: string, mode: Mode): string => {
    if (Object.hasOwn(controls, unit)) return controls[unit]!;
    const hex = unit === 'x' || unit === 'u' ? codePoint(unit) : undefined;
    if (hex !== undefined) return mode.ignoreCase ? cased(hex) : escaped(hex);
    if (/[A-Za-z0-9]/.test(unit) || unit > '\x7f') return fail(`\\${unit}`);
    return escaped(unit);
  };
  const codePoint = (kind: 'x' | 'u'): string => {
    const rest = units.slice(at, at + 12).join('');
    const found =
      kind === 'u'
        ? /^([0-9A-Fa-f]{4})/.exec(rest)
        : /^(?:\{([0-9A-Fa-f]{1,6})\}|([0-7][0-9A-Fa-f]))/.exec(rest);
    const value = Number.parseInt(found?.[1] ?? found?.[2] ?? '', 16);
    if (!(value <= 0x10ffff) || (value >= 0xd800 && value < 0xe000)) return fail(`\\${kind}`);
    at += found![0].length;
    return String.fromCodePoint(value);
  };
  const property = (kind: string): string => {
    const found = /^\{(\^?)([A-Za-z_]{1,40})\}/.exec(units.slice(at, at + 44).join(''));
    if (found === null) return fail(`\\${kind}`);
    at += found[0].length;
    const negated = (kind === 'P') !== (found[1] === '^');
    const name = found[2]!;
    const bracket = name.toLowerCase();
    if (bracket === 'punct') return `\\${negated ? 'P' : 'p'}{P}`;
    if (Object.hasOwn(brackets, bracket)) return negated ? `[^${brackets[bracket]}]` : brackets[bracket]!;
    for (const candidate of [`General_Category=${name}`, `Script=${name}`, name]) {
      const source = `\\${negated ? 'P' : 'p'}{${candidate}}`;
      if (isExpression(source)) return source;
    }
    return fail(`\\${kind}{${name}}`);
  };

  /** A class with its brackets; `at` is at the opening one. */
  const characterClass = (mode: Mode, depth: number): string => {
    if (depth > deepest) fail('too many nested classes');
    expect('[');
    const negated = take('^');
    const operands: string[] = [''];
    const add = (source: string): void => {
      operands.push(operands.pop() + source);
    };
    let isFirst = true;
    for (; ; isFirst = false) {
      const unit = units[at];
      if (unit === undefined) fail('a class without end');
      if (unit === ']' && !isFirst) break;
      if (take('&&')) {
        operands.push('');
        continue;
      }
      if (unit === '[') {
        add(posixBracket() ?? characterClass(mode, depth + 1));
        continue;
      }
      at++;
      if (unit === '\\' && Object.hasOwn(sets, units[at] ?? '')) {
        add(sets[units[at++]!]!);
        continue;
      }
      if (unit === '\\' && (units[at] === 'p' || units[at] === 'P')) {
        add(property(units[at++]!));
        continue;
      }
      const low = classCharacter(unit!);
      if (peek('-') && units[at + 1] !== ']' && units[at + 1] !== '[' && units[at + 1] !== undefined) {
        at++;
        const next = units[at++]!;
        const kind = next === '\\' ? (units[at] ?? '') : '';
        if (Object.hasOwn(sets, kind) || kind === 'p' || kind === 'P') fail('a range that ends in a set');
        const high = classCharacter(next);
        if (low.codePointAt(0)! > high.codePointAt(0)!) fail('an empty range');
        if (mode.ignoreCase) caseless(low, high);
        add(`${classEscaped(low)}-${classEscaped(high)}`);
        if (mode.ignoreCase && /[a-z]/i.test(low)) {
          const swap = (c: string) => (c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase());
          add(`${swap(low)}-${swap(high)}`);
          // The Kelvin sign and the long s are letters of ASCII too.
          if (/k/i.test(between(low, high))) add('\u212a');
          if (/s/i.test(between(low, high))) add('\u017f');
        }
      } else {
        add(mode.ignoreCase ? cased(low).replace(/^\[(.*)\]$/su, '$1') : classEscaped(low));
      }
    }
    expect(']');
    if (operands.some((operand) => operand === '')) fail('an empty class');
    const source = operands.length === 1 ? operands[0]! : operands.map((o) => `[${o}]`).join('&&');
    return `[${negated ? '^' : ''}${source}]`;
  };
  /** With case ignored, a range is letters of one case, or no letters at all. */
  const caseless = (low: string, high: string): void => {
    const letters = `${low}${high}`;
    if (/^(?:[a-z]{2}|[A-Z]{2})$/.test(letters)) return;
    if (high <= '\x7f' && !/[a-z]/i.test(between(low, high))) return;
    fail('a range when case is ignored');
  };
  const between = (low: string, high: string): string => {
    let all = '';
    for (let c = low.codePointAt(0)!; c <= high.codePointAt(0)! && all.length < 128; c++)
      all += String.fromCodePoint(c);
    return all;
  };
  const classCharacter = (unit: string): string => {
    if (unit !== '\\') return unit;
    const next = units[at++] ?? fail('a backslash at the end');
    const value = { t: '\t', n: '\n', r: '\r', f: '\f', v: '\v', a: '\x07', e: '\x1b', b: '\b' }[next as 't'];
    if (value !== undefined) return value;
    if (next === 'x' || next === 'u') return codePoint(next);
    if (/[A-Za-z0-9]/.test(next) || next > '\x7f') return fail(`\\${next} in a class`);
    return next;
  };
  const posixBracket = (): string | undefined => {
    const found = /^\[:(\^?)([a-z]{1,10}):\]/.exec(units.slice(at, at + 16).join(''));
    if (found === null) return undefined;
    const name = found[2]!;
    if (!Object.hasOwn(brackets, name)) return fail(`[:${name}:]`);
    at += found[0].length;
    return found[1] === '^' ? `[^${brackets[name]}]` : `[${brackets[name]}]`;
  };

  const quantified = (part: Part): Part => {
    let result = part;
    for (;;) {
      const counted = /^\{(?:(\d+)(?:(,)(\d*))?|(,)(\d+))\}/.exec(units.slice(at, at + 16).join(''));
      let [low, high] = [0, Number.POSITIVE_INFINITY];
      if (take('*')) [low, high] = [0, Number.POSITIVE_INFINITY];
      else if (take('+')) [low, high] = [1, Number.POSITIVE_INFINITY];
      else if (take('?')) [low, high] = [0, 1];
      else if (counted !== null) {
        at += counted[0].length;
        low = Number(counted[1] ?? 0);
        const upper = counted[4] === ',' ? counted[5]! : counted[2] === ',' ? counted[3]! : counted[1]!;
        high = upper === '' ? Number.POSITIVE_INFINITY : Number(upper);
        if (low > high) fail('a count that runs backwards');
        // In this syntax {n}? is not a lazy count, and {n,m}+ repeats it.
        if (peek('?') && counted[2] === undefined && counted[4] === undefined) fail('{n}?');
        if (peek('+')) fail('{n,m}+');
      } else return result;
      if (result.source === '') fail('nothing to repeat');
      const size = result.size * (high === Number.POSITIVE_INFINITY ? Math.max(1, low) : Math.max(1, high));
      if (size > largest) fail('counts that multiply');
      const range = high === Number.POSITIVE_INFINITY ? `{${low},}` : `{${low},${high}}`;
      const lazy = take('?') ? '?' : '';
      const repeated = { source: `(?:${result.source})${range}${lazy}`, size: size + 1 };
      result = lazy === '' && counted === null && take('+') ? atomic(repeated) : repeated;
    }
  };

  if (units.length > 20_000) fail('too many characters');
  const { source } = alternatives({ ignoreCase: false, dotAll: false }, 0);
  if (at < units.length) fail(`an unmatched ) at ${at}`);
  return isExpression(source) ? source : fail('something that JavaScript does not take');
};

const isExpression = (source: string): boolean => {
  try {
    new RegExp(source, 'v');
    return true;
  } catch {
    return false;
  }
};

const clipped = (text: string): string => JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);

const escaped = (unit: string): string => (/[\^$\\.*+?()[\]{}|/]/.test(unit) ? `\\${unit}` : unit);
/** In a class with flag v, punctuation is escaped throughout: doubled, some of it would mean something. */
const classEscaped = (unit: string): string =>
  /[!-/:-@[-`{-~]/.test(unit) ? `\\x${unit.charCodeAt(0).toString(16)}` : unit;
