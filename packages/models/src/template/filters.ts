import { UnsupportedError } from '@entrgi/core';
import { test } from './tests.js';
import { argument, capitalized, replaced, stripped, textMethod } from './text-methods.js';
import type { Budget } from './value/budget.js';
import { show, toJson } from './value/show.js';
import { Text } from './value/text.js';
import {
  type Arguments,
  areEqual,
  asNumber,
  compare,
  Dict,
  elementsOf,
  Float,
  isTrue,
  List,
  lengthOf,
  Namespace,
  orElse,
  typeName,
  Undefined,
  type Value,
} from './value/values.js';

export interface FilterContext {
  readonly budget: Budget;
  /** What error messages call the template. */
  readonly name: string;
}

type Filter = (value: Value, args: Arguments, context: FilterContext) => Value;

const viaMethod =
  (name: string): Filter =>
  (value, args, { budget }) =>
    textMethod(show(value, budget), name, budget)!.call(args);

const numberOr = (
  value: Value,
  args: Arguments,
  read: (number: number) => Value,
  fallback: Value,
  parse: (text: string) => number | undefined,
): Value => {
  const number = value instanceof Text ? parse(value.chars.trim().replaceAll('_', '')) : asNumber(value);
  return number === undefined || Number.isNaN(number)
    ? orElse(argument(args, 0, 'default'), fallback)
    : read(number);
};

const parseNumber = (text: string): number | undefined =>
  /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;

const list = (items: readonly Value[]): List => new List(items);

/**
 * An attribute or key of an element, as `map`, `sort` and `selectattr` name it: parts behind dots, numbers
 * being places.
 */
const attributeOf = (value: Value, path: Value): Value => {
  const parts = path instanceof Text ? path.chars.split('.') : [String(path)];
  return parts.reduce<Value>((from, part) => {
    const missing = new Undefined(part);
    if (from instanceof Dict)
      return orElse(from.get(Text.own(part)), orElse(from.get(Number(part)), missing));
    if (from instanceof Namespace) return orElse(from.attributes.get(part), missing);
    if (from instanceof List && /^\d+$/.test(part)) return orElse(from.items[Number(part)], missing);
    return missing;
  }, value);
};

const ignoringCase = (value: Value): Value =>
  value instanceof Text ? value.become(value.chars.toLowerCase()) : value;

const sorted = (
  items: readonly Value[],
  key: (item: Value) => Value,
  { reverse, caseSensitive }: { reverse: boolean; caseSensitive: boolean },
  budget: Budget,
): Value[] => {
  const keyed = items.map((item) => ({
    item,
    key: caseSensitive ? key(item) : ignoringCase(key(item)),
  }));
  keyed.sort((a, b) => (reverse ? compare(b.key, a.key, budget) : compare(a.key, b.key, budget)));
  return keyed.map(({ item }) => item);
};

const capitalizedWord = (word: string): string => {
  const first = String.fromCodePoint(word.codePointAt(0) ?? 32).length;
  return word.slice(0, first).toUpperCase() + word.slice(first).toLowerCase();
};

const flag = (args: Arguments, at: number, name: string): boolean =>
  isTrue(argument(args, at, name) ?? false);

const choose =
  (keep: boolean, byAttribute: boolean): Filter =>
  (value, args, { budget }) => {
    const [attribute, ...rest] = byAttribute ? args.positional : [null, ...args.positional];
    const [name, ...others] = rest;
    return list(
      elementsOf(value, budget).filter((item) => {
        budget.spend(1);
        const subject = byAttribute ? attributeOf(item, attribute ?? null) : item;
        const holds =
          name === undefined ? isTrue(subject) : test(show(name, budget).chars, subject, others, budget);
        return holds === keep;
      }),
    );
  };

const extreme =
  (sign: number): Filter =>
  (value, args, { budget }) => {
    const items = elementsOf(value, budget);
    const attribute = argument(args, 1, 'attribute');
    const key = (item: Value) => {
      const own = attribute === undefined ? item : attributeOf(item, attribute);
      return flag(args, 0, 'case_sensitive') ? own : ignoringCase(own);
    };
    const best = items.reduce<Value | undefined>(
      (best, item) => (best === undefined || sign * compare(key(item), key(best), budget) > 0 ? item : best),
      undefined,
    );
    return orElse(best, new Undefined('item'));
  };

const indent: Filter = (value, args, { budget }) => {
  const width = argument(args, 0, 'width') ?? 4;
  const margin = width instanceof Text ? width : Text.own(' '.repeat(checkedWidth(width, budget)));
  const text = show(value, budget);
  const ended = Text.join([text, Text.own('\n')]);
  const lines = textMethod(ended, 'splitlines', budget)!.call({ positional: [], named: new Map() });
  const all = (lines as List).items as readonly Text[];
  budget.spendCharacters(text.length + all.length * (margin.length + 1));
  return Text.join(
    all.map((line, i) => {
      const isIndented = i === 0 ? flag(args, 1, 'first') : line.length > 0 || flag(args, 2, 'blank');
      return isIndented ? Text.join([margin, line]) : line;
    }),
    Text.own('\n'),
  );
};

const checkedWidth = (width: Value, budget: Budget): number => {
  const number = asNumber(width);
  if (number === undefined) throw new Error(`expected a width, got ${typeName(width)}`);
  budget.spendCharacters(Math.max(number, 0));
  return Math.max(number, 0);
};

const json: Filter = (value, args, { budget }) => {
  const width = argument(args, 1, 'indent') ?? null;
  const separators = argument(args, 2, 'separators') ?? null;
  const [item, key] = separators === null ? [] : elementsOf(separators, budget);
  const pretty =
    width instanceof Text
      ? width.chars
      : width === null
        ? undefined
        : ' '.repeat(checkedWidth(width, budget));
  return toJson(
    value,
    {
      ascii: flag(args, 0, 'ensure_ascii'),
      indent: pretty,
      itemSeparator: item === undefined ? (pretty === undefined ? ', ' : ',') : show(item, budget).chars,
      keySeparator: key === undefined ? ': ' : show(key, budget).chars,
      sortKeys: flag(args, 3, 'sort_keys'),
    },
    budget,
  );
};

const unique: Filter = (value, args, { budget }) => {
  const attribute = argument(args, 1, 'attribute');
  const seen: Value[] = [];
  return list(
    elementsOf(value, budget).filter((item) => {
      const own = attribute === undefined ? item : attributeOf(item, attribute);
      const key = flag(args, 0, 'case_sensitive') ? own : ignoringCase(own);
      if (seen.some((other) => areEqual(other, key, budget))) return false;
      seen.push(key);
      return true;
    }),
  );
};

const mapped: Filter = (value, args, context) => {
  const items = elementsOf(value, context.budget);
  const attribute = args.named.get('attribute');
  if (attribute !== undefined) {
    return list(
      items.map((item) => {
        context.budget.spend(1);
        const found = attributeOf(item, attribute);
        return found instanceof Undefined ? orElse(args.named.get('default'), found) : found;
      }),
    );
  }
  const [name, ...rest] = args.positional;
  if (!(name instanceof Text)) throw new Error('map: expected a filter or an attribute');
  return list(
    items.map((item) => applyFilter(name.chars, item, { positional: rest, named: args.named }, context)),
  );
};

const pairs = (value: Value, budget: Budget): List[] => {
  if (value instanceof Undefined) return [];
  if (!(value instanceof Dict)) throw new Error(`items: expected a dict, got ${typeName(value)}`);
  budget.spend(value.entries.size);
  return [...value.entries.values()].map((entry) => new List([entry.key, entry.value], true));
};

const filters: Readonly<Record<string, Filter>> = {
  abs: (value) =>
    value instanceof Float ? new Float(Math.abs(value.value)) : Math.abs(asNumber(value) ?? Number.NaN),
  attr: (value, args) => attributeOf(value, args.positional[0] ?? null),
  capitalize: (value, _, { budget }) => {
    const text = show(value, budget);
    budget.spendCharacters(text.length);
    return capitalized(text);
  },
  count: (value, _, { budget }) => lengthOf(value, budget),
  d: (value, args, context) => filters.default!(value, args, context),
  default: (value, args) => {
    const fallback = orElse(argument(args, 0, 'default_value'), Text.own(''));
    const isMissing = value instanceof Undefined || (flag(args, 1, 'boolean') && !isTrue(value));
    return isMissing ? fallback : value;
  },
  dictsort: (value, args, { budget }) => {
    const by = (argument(args, 1, 'by') ?? Text.own('key')) as Value;
    const at = by instanceof Text && by.chars === 'value' ? 1 : 0;
    const options = { caseSensitive: flag(args, 0, 'case_sensitive'), reverse: flag(args, 2, 'reverse') };
    return list(sorted(pairs(value, budget), (pair) => (pair as List).items[at]!, options, budget));
  },
  first: (value, _, { budget }) => orElse(elementsOf(value, budget)[0], new Undefined('first item')),
  float: (value, args) => numberOr(value, args, (x) => new Float(x), new Float(0), parseNumber),
  indent,
  int: (value, args) =>
    numberOr(value, args, Math.trunc, 0, (text) => {
      const number = parseNumber(text);
      return number !== undefined && Number.isFinite(number) ? number : undefined;
    }),
  items: (value, _, { budget }) => list(pairs(value, budget)),
  join: (value, args, { budget }) => {
    const attribute = argument(args, 1, 'attribute');
    const separator = show(argument(args, 0, 'd') ?? Text.own(''), budget);
    const parts = elementsOf(value, budget).map((item) =>
      show(attribute === undefined ? item : attributeOf(item, attribute), budget),
    );
    budget.spendCharacters(parts.reduce((sum, part) => sum + part.length + separator.length, 0));
    return Text.join(parts, separator);
  },
  last: (value, _, { budget }) => orElse(elementsOf(value, budget).at(-1), new Undefined('last item')),
  length: (value, _, { budget }) => lengthOf(value, budget),
  list: (value, _, { budget }) => list(elementsOf(value, budget)),
  lower: viaMethod('lower'),
  map: mapped,
  max: extreme(1),
  min: extreme(-1),
  reject: choose(false, false),
  rejectattr: choose(false, true),
  replace: (value, args, { budget }) => {
    const most = argument(args, 2, 'count') ?? null;
    const text = (at: number, name: string) => show(argument(args, at, name) ?? new Undefined(name), budget);
    return replaced(
      show(value, budget),
      text(0, 'old'),
      text(1, 'new'),
      most === null ? Number.POSITIVE_INFINITY : (asNumber(most) ?? 0),
      budget,
    );
  },
  reverse: (value, _, { budget }) => {
    const items = elementsOf(value, budget).toReversed();
    return value instanceof Text ? Text.join(items as Text[]) : list(items);
  },
  round: (value, args) => {
    const scale = 10 ** (asNumber(argument(args, 0, 'precision')) ?? 0);
    const number = asNumber(value) ?? Number.NaN;
    const method = argument(args, 1, 'method');
    const scaled = number * scale;
    const half = Math.abs(scaled % 1) === 0.5;
    const common = half ? 2 * Math.round(scaled / 2) : Math.round(scaled);
    const name = method instanceof Text ? method.chars : 'common';
    return new Float(
      (name === 'ceil' ? Math.ceil(scaled) : name === 'floor' ? Math.floor(scaled) : common) / scale,
    );
  },
  safe: (value) => value,
  select: choose(true, false),
  selectattr: choose(true, true),
  sort: (value, args, { budget }) => {
    const attribute = argument(args, 2, 'attribute') ?? null;
    const key = (item: Value) => (attribute === null ? item : attributeOf(item, attribute));
    const options = { reverse: flag(args, 0, 'reverse'), caseSensitive: flag(args, 1, 'case_sensitive') };
    return list(sorted(elementsOf(value, budget), key, options, budget));
  },
  string: (value, _, { budget }) => show(value, budget),
  sum: (value, args, { budget }) => {
    const attribute = argument(args, 0, 'attribute') ?? null;
    const items = elementsOf(value, budget).map((item) =>
      attribute === null ? item : attributeOf(item, attribute),
    );
    const total = items.reduce<number>(
      (sum, item) => sum + (asNumber(item) ?? Number.NaN),
      asNumber(argument(args, 1, 'start')) ?? 0,
    );
    if (Number.isNaN(total)) throw new Error('sum: expected numbers');
    return items.some((item) => item instanceof Float) ? new Float(total) : total;
  },
  // Not the method: words begin behind blanks, hyphens and opening brackets only.
  title: (value, _, { budget }) => {
    const text = show(value, budget);
    budget.spendCharacters(text.length);
    const words = text.chars.split(/([-\s({[<]+)/);
    return text.become(words.map(capitalizedWord).join(''));
  },
  tojson: json,
  trim: (value, args, { budget }) => {
    const text = show(value, budget);
    budget.spendCharacters(text.length);
    return stripped(text, 'both', args.positional[0] ?? args.named.get('chars'));
  },
  unique,
  upper: viaMethod('upper'),
  wordcount: (value, _, { budget }) => {
    const text = show(value, budget);
    budget.spendCharacters(text.length);
    return (text.chars.match(/[\p{L}\p{N}_]+/gu) ?? []).length;
  },
};

/**
 * A filter of Jinja2 applied to a value.
 * @throws UnsupportedError for one that is not known here
 */
export const applyFilter = (filter: string, value: Value, args: Arguments, context: FilterContext): Value => {
  context.budget.spend(1);
  if (Object.hasOwn(filters, filter)) return filters[filter]!(value, args, context);
  throw new UnsupportedError(`${context.name}: the template's filter '${filter}' is not known.`, {
    value: filter,
    hint: `Known are ${Object.keys(filters).join(', ')}.`,
  });
};
