import type { Budget } from './budget.js';
import { Text } from './text.js';

/** What a template computes with: Python's values, as Jinja2 knows them. A `number` is an int. */
export type Value = Text | number | Float | boolean | null | Undefined | List | Dict | Namespace | Callable;

export class Float {
  constructor(readonly value: number) {}
}

/** A name or an attribute that is not there: prints nothing, is false, and fails in most uses. */
export class Undefined {
  constructor(readonly name: string) {}
}

export class List {
  constructor(
    readonly items: readonly Value[],
    readonly isTuple = false,
  ) {}
}

/** Keys are texts or numbers; the text of a key is kept with its origins. */
export class Dict {
  readonly entries = new Map<string | number, { readonly key: Value; readonly value: Value }>();

  static of(values: Readonly<Record<string, Value>>): Dict {
    const dict = new Dict();
    for (const [key, value] of Object.entries(values)) dict.set(Text.own(key), value);
    return dict;
  }

  set(key: Value, value: Value): void {
    this.entries.set(hashOf(key), { key, value });
  }

  get(key: Value): Value | undefined {
    return this.entries.get(hashOf(key))?.value;
  }
}

/** The one thing that a template can change from inside a loop; also what `loop` is. */
export class Namespace {
  constructor(readonly attributes: Map<string, Value>) {}
}

export interface Arguments {
  readonly positional: readonly Value[];
  readonly named: ReadonlyMap<string, Value>;
}

export class Callable {
  constructor(readonly call: (args: Arguments) => Value) {}
}

const hashOf = (key: Value): string | number => {
  if (key instanceof Text) return key.chars;
  const number = asNumber(key);
  if (number !== undefined) return number;
  throw new Error(`a ${typeName(key)} is no key of a dict`);
};

export const typeName = (value: Value): string => {
  if (value === null) return 'None';
  if (value instanceof Text) return 'str';
  if (value instanceof Float) return 'float';
  if (value instanceof Undefined) return `undefined value '${value.name}'`;
  if (value instanceof List) return value.isTuple ? 'tuple' : 'list';
  if (value instanceof Dict) return 'dict';
  if (value instanceof Namespace) return 'namespace';
  if (value instanceof Callable) return 'function';
  return typeof value === 'boolean' ? 'bool' : 'int';
};

/** Not `??`, which takes None for nothing. */
export const orElse = (value: Value | undefined, fallback: Value): Value =>
  value === undefined ? fallback : value;

/** The number that an int, a float or a bool is. */
export const asNumber = (value: Value | undefined): number | undefined => {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return Number(value);
  return value instanceof Float ? value.value : undefined;
};

export const isTrue = (value: Value): boolean => {
  if (value instanceof Text) return value.length > 0;
  if (value instanceof List) return value.items.length > 0;
  if (value instanceof Dict) return value.entries.size > 0;
  if (value instanceof Float) return value.value !== 0;
  if (value instanceof Undefined) return false;
  return value instanceof Namespace || value instanceof Callable || Boolean(value);
};

export const areEqual = (a: Value, b: Value, budget: Budget): boolean => {
  budget.spend(1);
  if (a instanceof Text && b instanceof Text) {
    if (a.length === b.length) budget.spendCharacters(a.length);
    return a.chars === b.chars;
  }
  if (a instanceof Undefined && b instanceof Undefined) return true;
  if (a instanceof List && b instanceof List) {
    return (
      a.isTuple === b.isTuple &&
      a.items.length === b.items.length &&
      a.items.every((item, i) => areEqual(item, b.items[i]!, budget))
    );
  }
  if (a instanceof Dict && b instanceof Dict) {
    return (
      a.entries.size === b.entries.size &&
      [...a.entries].every(([hash, { value }]) => {
        const other = b.entries.get(hash);
        return other !== undefined && areEqual(value, other.value, budget);
      })
    );
  }
  const [left, right] = [asNumber(a), asNumber(b)];
  return left !== undefined && right !== undefined ? left === right : a === b;
};

/**
 * Below 0, 0 or above 0, as Python orders numbers, texts and sequences.
 * @throws where it does not
 */
export const compare = (a: Value, b: Value, budget: Budget): number => {
  budget.spend(1);
  const [left, right] = [asNumber(a), asNumber(b)];
  if (left !== undefined && right !== undefined) return left - right;
  if (a instanceof Text && b instanceof Text) {
    budget.spendCharacters(Math.min(a.length, b.length));
    return a.chars < b.chars ? -1 : a.chars > b.chars ? 1 : 0;
  }
  if (a instanceof List && b instanceof List && a.isTuple === b.isTuple) {
    for (let i = 0; i < Math.min(a.items.length, b.items.length); i++) {
      const order = compare(a.items[i]!, b.items[i]!, budget);
      if (order !== 0) return order;
    }
    return a.items.length - b.items.length;
  }
  throw new Error(`'<' is not supported between ${typeName(a)} and ${typeName(b)}`);
};

/** The elements that a loop goes through. */
export const elementsOf = (value: Value, budget: Budget): readonly Value[] => {
  if (value instanceof List) return value.items;
  if (value instanceof Undefined) return [];
  if (value instanceof Dict) {
    budget.spend(value.entries.size);
    return [...value.entries.values()].map(({ key }) => key);
  }
  if (value instanceof Text) {
    budget.spend(value.length);
    const characters: Text[] = [];
    let at = 0;
    for (const character of value.chars) {
      characters.push(value.slice(at, at + character.length));
      at += character.length;
    }
    return characters;
  }
  throw new Error(`a ${typeName(value)} is not iterable`);
};

/** Length in code points, elements or keys. */
export const lengthOf = (value: Value, budget: Budget): number => {
  if (value instanceof Text) {
    budget.spendCharacters(value.length);
    let pairs = 0;
    for (let i = 0; i < value.length - 1; i++) if (value.chars.codePointAt(i)! > 0xffff) pairs++;
    return value.length - pairs;
  }
  if (value instanceof Dict) return value.entries.size;
  if (value instanceof List) return value.items.length;
  if (value instanceof Undefined) return 0;
  throw new Error(`a ${typeName(value)} has no length`);
};
