import type { Budget } from './value/budget.js';
import { Text } from './value/text.js';
import { type Arguments, Callable, elementsOf, List, typeName, type Value } from './value/values.js';

/** What Python's strip() and split() take for white space. */
const BLANKS = new Set(
  '\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000',
);

/** What Python's splitlines() takes for the end of a line. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: Python ends lines there
const LINE_BREAKS = /\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/g;

const isBlank = (character: string): boolean => BLANKS.has(character);

/** One argument of a call, by place or by name. */
export const argument = (args: Arguments, at: number, name: string): Value | undefined =>
  at < args.positional.length ? args.positional[at] : args.named.get(name);

const textArgument = (args: Arguments, at: number, name: string): Text => {
  const value = argument(args, at, name);
  if (value instanceof Text) return value;
  throw new Error(`${name}: expected a str, got ${value === undefined ? 'nothing' : typeName(value)}`);
};

const countArgument = (args: Arguments, at: number, name: string): number => {
  const value = argument(args, at, name) ?? -1;
  if (typeof value === 'number') return value < 0 ? Number.POSITIVE_INFINITY : value;
  throw new Error(`${name}: expected an int, got ${typeName(value)}`);
};

export const stripped = (text: Text, sides: 'both' | 'left' | 'right', characters?: Value): Text => {
  if (characters !== undefined && characters !== null && !(characters instanceof Text)) {
    throw new Error(`strip: expected a str, got ${typeName(characters)}`);
  }
  const wanted = characters instanceof Text ? new Set(characters.chars) : undefined;
  const goes = (unit: string) => (wanted === undefined ? isBlank(unit) : wanted.has(unit));
  let [start, end] = [0, text.length];
  if (sides !== 'right') while (start < end && goes(text.chars[start]!)) start++;
  if (sides !== 'left') while (end > start && goes(text.chars[end - 1]!)) end--;
  return text.slice(start, end);
};

/** Where `wanted` stands in the text, from the left, at most `most` times. */
const occurrences = (text: Text, wanted: Text, most: number, budget: Budget): number[] => {
  budget.spendCharacters(text.length);
  const places: number[] = [];
  if (wanted.length === 0) throw new Error('empty separator');
  let at = text.chars.indexOf(wanted.chars);
  while (at >= 0 && places.length < most) {
    budget.spend(1);
    places.push(at);
    at = text.chars.indexOf(wanted.chars, at + wanted.length);
  }
  return places;
};

const lastOccurrences = (text: Text, wanted: Text, most: number, budget: Budget): number[] => {
  budget.spendCharacters(text.length);
  const places: number[] = [];
  if (wanted.length === 0) throw new Error('empty separator');
  let end = text.length;
  while (places.length < most && end >= wanted.length) {
    const at = text.chars.lastIndexOf(wanted.chars, end - wanted.length);
    if (at < 0) break;
    budget.spend(1);
    places.unshift(at);
    end = at;
  }
  return places;
};

const cutAt = (text: Text, places: readonly number[], width: number): Text[] => {
  const starts = [0, ...places.map((at) => at + width)];
  return starts.map((start, i) => text.slice(start, places[i]));
};

/** Python's replace(): with nothing to look for, between all characters. */
export const replaced = (text: Text, from: Text, to: Text, most: number, budget: Budget): Text => {
  const pieces =
    from.length === 0
      ? betweenCharacters(text, most, budget)
      : cutAt(text, occurrences(text, from, most, budget), from.length);
  budget.spendCharacters(text.length + pieces.length * to.length);
  return Text.join(pieces, to);
};

const betweenCharacters = (text: Text, most: number, budget: Budget): readonly Text[] => {
  const characters = elementsOf(text, budget) as readonly Text[];
  const [apart, kept] = [characters.slice(0, Math.max(most - 1, 0)), characters.slice(Math.max(most - 1, 0))];
  const rest = Text.join(kept);
  if (most === 0) return [rest];
  const end = most > characters.length ? [Text.own('')] : [];
  return [Text.own(''), ...apart, ...(kept.length > 0 ? [rest] : []), ...end];
};

const splitAtBlanks = (text: Text, most: number, budget: Budget): Text[] => {
  budget.spendCharacters(text.length);
  const words: Text[] = [];
  let at = 0;
  for (;;) {
    while (at < text.length && isBlank(text.chars[at]!)) at++;
    if (at === text.length) return words;
    budget.spend(1);
    if (words.length >= most) return [...words, stripped(text.slice(at), 'right')];
    const start = at;
    while (at < text.length && !isBlank(text.chars[at]!)) at++;
    words.push(text.slice(start, at));
  }
};

const split = (text: Text, args: Arguments, budget: Budget): List => {
  const separator = argument(args, 0, 'sep') ?? null;
  const most = countArgument(args, 1, 'maxsplit');
  if (separator === null) return new List(splitAtBlanks(text, most, budget));
  const wanted = textArgument(args, 0, 'sep');
  return new List(cutAt(text, occurrences(text, wanted, most, budget), wanted.length));
};

const splitFromRight = (text: Text, args: Arguments, budget: Budget): List => {
  const wanted = textArgument(args, 0, 'sep');
  const places = lastOccurrences(text, wanted, countArgument(args, 1, 'maxsplit'), budget);
  return new List(cutAt(text, places, wanted.length));
};

const splitLines = (text: Text, keep: boolean, budget: Budget): List => {
  budget.spendCharacters(text.length);
  const lines: Text[] = [];
  let start = 0;
  for (const {
    0: { length },
    index,
  } of text.chars.matchAll(LINE_BREAKS)) {
    budget.spend(1);
    lines.push(text.slice(start, keep ? index + length : index));
    start = index + length;
  }
  return new List(start < text.length ? [...lines, text.slice(start)] : lines);
};

const partition = (text: Text, wanted: Text, at: number | undefined, rest: 'first' | 'last'): List => {
  const nothing = Text.own('');
  if (at === undefined) {
    return new List(rest === 'first' ? [text, nothing, nothing] : [nothing, nothing, text], true);
  }
  const end = at + wanted.length;
  return new List([text.slice(0, at), text.slice(at, end), text.slice(end)], true);
};

const hasEdge = (args: Arguments, test: (edge: string) => boolean): boolean => {
  const edges = args.positional[0];
  if (args.positional.length > 1) throw new Error('startswith and endswith are known with one argument');
  const list = edges instanceof List && edges.isTuple ? edges.items : [edges];
  return list.some((edge) => {
    if (edge instanceof Text) return test(edge.chars);
    throw new Error(`expected a str, got ${edge === undefined ? 'nothing' : typeName(edge)}`);
  });
};

/** Python's capitalize(): the rest in small letters. */
export const capitalized = (text: Text): Text => {
  const first = String.fromCodePoint(text.chars.codePointAt(0) ?? 32).length;
  const [head, rest] = [text.slice(0, first), text.slice(first)];
  return Text.join([head.become(head.chars.toUpperCase()), rest.become(rest.chars.toLowerCase())]);
};

/** Python's title(): what follows a letter is small, other letters are large. */
const titled = (text: Text): Text =>
  text.become(
    text.chars.toLowerCase().replace(/\p{L}+/gu, (word) => {
      const first = String.fromCodePoint(word.codePointAt(0)!);
      return first.toUpperCase() + word.slice(first.length);
    }),
  );

type Method = (text: Text, args: Arguments, budget: Budget) => Value;

const every =
  (pattern: RegExp): Method =>
  (text, _, budget) => {
    budget.spendCharacters(text.length);
    return text.length > 0 && pattern.test(text.chars);
  };

const methods: Readonly<Record<string, Method>> = {
  upper: (text) => text.become(text.chars.toUpperCase()),
  lower: (text) => text.become(text.chars.toLowerCase()),
  capitalize: capitalized,
  title: titled,
  strip: (text, args) => stripped(text, 'both', args.positional[0]),
  lstrip: (text, args) => stripped(text, 'left', args.positional[0]),
  rstrip: (text, args) => stripped(text, 'right', args.positional[0]),
  split,
  rsplit: splitFromRight,
  splitlines: (text, args, budget) => splitLines(text, argument(args, 0, 'keepends') === true, budget),
  partition: (text, args, budget) => {
    const wanted = textArgument(args, 0, 'sep');
    return partition(text, wanted, occurrences(text, wanted, 1, budget)[0], 'first');
  },
  rpartition: (text, args, budget) => {
    const wanted = textArgument(args, 0, 'sep');
    return partition(text, wanted, lastOccurrences(text, wanted, 1, budget)[0], 'last');
  },
  replace: (text, args, budget) =>
    replaced(
      text,
      textArgument(args, 0, 'old'),
      textArgument(args, 1, 'new'),
      countArgument(args, 2, 'count'),
      budget,
    ),
  startswith: (text, args) => hasEdge(args, (edge) => text.chars.startsWith(edge)),
  endswith: (text, args) => hasEdge(args, (edge) => text.chars.endsWith(edge)),
  removeprefix: (text, args) => {
    const edge = textArgument(args, 0, 'prefix');
    return text.chars.startsWith(edge.chars) ? text.slice(edge.length) : text;
  },
  removesuffix: (text, args) => {
    const edge = textArgument(args, 0, 'suffix');
    return text.chars.endsWith(edge.chars) ? text.slice(0, text.length - edge.length) : text;
  },
  count: (text, args, budget) =>
    occurrences(text, textArgument(args, 0, 'sub'), Number.POSITIVE_INFINITY, budget).length,
  find: (text, args, budget) => {
    const [place] = occurrences(text, textArgument(args, 0, 'sub'), 1, budget);
    return place === undefined ? -1 : Array.from(text.chars.slice(0, place)).length;
  },
  join: (text, args, budget) => {
    const parts = elementsOf(args.positional[0] ?? null, budget).map((part) => {
      if (part instanceof Text) return part;
      throw new Error(`join: expected a str, got ${typeName(part)}`);
    });
    budget.spendCharacters(parts.reduce((sum, part) => sum + part.length + text.length, 0));
    return Text.join(parts, text);
  },
  isdigit: every(/^\p{Nd}+$/u),
  isalpha: every(/^\p{L}+$/u),
  isalnum: every(/^[\p{L}\p{N}]+$/u),
  isspace: (text, _, budget) => {
    budget.spendCharacters(text.length);
    return text.length > 0 && stripped(text, 'left').length === 0;
  },
};

/** A method of a str; undefined where Python has none of that name, or one that is not known here. */
export const textMethod = (text: Text, name: string, budget: Budget): Callable | undefined => {
  const method = Object.hasOwn(methods, name) ? methods[name]! : undefined;
  if (method === undefined) return undefined;
  return new Callable((args) => {
    budget.spendCharacters(text.length);
    return method(text, args, budget);
  });
};
