import { UnsupportedError } from '@entrgi/core';
import type { FilterContext } from './filters.js';
import { textMethod } from './text-methods.js';
import type { Budget } from './value/budget.js';
import { Text } from './value/text.js';
import {
  areEqual,
  Callable,
  Dict,
  elementsOf,
  List,
  Namespace,
  orElse,
  typeName,
  Undefined,
  type Value,
} from './value/values.js';

/**
 * `object.key` or `object[key]`: Jinja2 looks for an attribute first in the one, for an element in the other.
 */
export const member = (
  object: Value,
  key: Value,
  first: 'attribute' | 'item',
  context: FilterContext,
): Value => {
  if (object instanceof Undefined) throw new Error(`'${object.name}' is undefined`);
  const name = key instanceof Text ? key.chars : undefined;
  const attribute = () => (name === undefined ? undefined : attributeOf(object, name, context));
  const item = () => itemOf(object, key, context.budget);
  for (const look of first === 'attribute' ? [attribute, item] : [item, attribute]) {
    const found = look();
    if (found !== undefined) return found;
  }
  if (object instanceof Text && name !== undefined && pythonMethods.has(name)) {
    throw new UnsupportedError(`${context.name}: the template's method '${name}' of a str is not known.`, {
      value: name,
    });
  }
  return new Undefined(name ?? String(typeName(key)));
};

/**
 * Methods of Python's str that a template might use and that are not known here: to be told from attributes
 * that are not there.
 */
const pythonMethods = new Set(
  'casefold center encode expandtabs format format_map index isascii isdecimal isidentifier islower isnumeric isprintable istitle isupper ljust maketrans rfind rindex rjust swapcase translate zfill'.split(
    ' ',
  ),
);

const attributeOf = (object: Value, name: string, { budget }: FilterContext): Value | undefined => {
  if (object instanceof Text) return textMethod(object, name, budget);
  if (object instanceof Namespace) return object.attributes.get(name);
  if (object instanceof Dict) {
    const entries = () => {
      budget.spend(object.entries.size);
      return [...object.entries.values()];
    };
    if (name === 'items') {
      return new Callable(() => new List(entries().map(({ key, value }) => new List([key, value], true))));
    }
    if (name === 'keys') return new Callable(() => new List(entries().map(({ key }) => key)));
    if (name === 'values') return new Callable(() => new List(entries().map(({ value }) => value)));
    if (name === 'get') {
      return new Callable(({ positional: [key, fallback] }) =>
        orElse(object.get(key ?? null), fallback ?? null),
      );
    }
  }
  if (object instanceof List && (name === 'index' || name === 'count')) {
    return new Callable(({ positional: [wanted] }) => {
      const places = object.items.flatMap((item, i) => (areEqual(item, wanted ?? null, budget) ? [i] : []));
      if (name === 'count') return places.length;
      if (places[0] === undefined) throw new Error('index: the value is not in the list');
      return places[0];
    });
  }
  return undefined;
};

const itemOf = (object: Value, key: Value, budget: Budget): Value | undefined => {
  if (object instanceof Dict) {
    return key instanceof Text || typeof key === 'number' ? object.get(key) : undefined;
  }
  const place = typeof key === 'boolean' ? Number(key) : key;
  if (typeof place !== 'number') return undefined;
  if (object instanceof List) return object.items.at(place);
  return object instanceof Text ? charactersOf(object, budget).at(place) : undefined;
};

/** Code points, found only where some are not a single unit. */
const charactersOf = (text: Text, budget: Budget): { at(place: number): Text | undefined } => {
  budget.spendCharacters(text.length);
  if (/[\ud800-\udfff]/.test(text.chars)) return elementsOf(text, budget) as readonly Text[];
  return {
    at(place) {
      const from = place < 0 ? text.length + place : place;
      return from < 0 || from >= text.length ? undefined : text.slice(from, from + 1);
    },
  };
};

/** Python's object[start:stop:step]. */
export const sliced = (object: Value, start: Value, stop: Value, step: Value, budget: Budget): Value => {
  if (object instanceof Undefined) throw new Error(`'${object.name}' is undefined`);
  if (!(object instanceof Text || object instanceof List)) {
    throw new Error(`a ${typeName(object)} cannot be sliced`);
  }
  const by = bound(step) ?? 1;
  if (by === 0) throw new Error('the step of a slice cannot be zero');
  const isPlain = object instanceof Text && !/[\ud800-\udfff]/.test(object.chars);
  budget.spendCharacters(object instanceof Text ? object.length : 0);
  const items = isPlain ? [] : elementsOf(object, budget);
  const length = isPlain ? object.length : items.length;
  const clamp = (value: number | undefined, fallback: number): number => {
    if (value === undefined) return fallback;
    const [low, high] = by > 0 ? [0, length] : [-1, length - 1];
    return Math.min(Math.max(value < 0 ? value + length : value, low), high);
  };
  const from = clamp(bound(start), by > 0 ? 0 : length - 1);
  const to = clamp(bound(stop), by > 0 ? length : -1);
  if (isPlain && by === 1) return object.slice(from, Math.max(from, to));
  const count = Math.max(Math.ceil((to - from) / by), 0);
  budget.spend(count);
  const all = isPlain ? elementsOf(object, budget) : items;
  const chosen = Array.from({ length: count }, (_, i) => all[from + i * by]!);
  return object instanceof Text ? Text.join(chosen as Text[]) : new List(chosen, object.isTuple);
};

const bound = (value: Value): number | undefined => {
  if (value === null) return undefined;
  if (typeof value === 'number') return value;
  throw new Error(`expected the bound of a slice, got a ${typeName(value)}`);
};
