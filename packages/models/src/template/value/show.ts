import type { Budget } from './budget.js';
import { type Origin, Text } from './text.js';
import { Dict, Float, List, typeName, Undefined, type Value } from './values.js';

/** What a value looks like where it is printed, Python's str(). */
export const show = (value: Value, budget: Budget): Text => {
  if (value instanceof Text) return value;
  if (value instanceof Undefined) return Text.own('');
  return represent(value, budget);
};

/** Python's repr(). */
const represent = (value: Value, budget: Budget): Text => {
  budget.enter();
  let shown: Text;
  if (value instanceof Text) {
    budget.spendCharacters(6 * value.length);
    shown = value.become(quoted(value.chars));
  } else if (value instanceof List) {
    const items = value.items.map((item) => represent(item, budget));
    if (value.isTuple && items.length === 1) items[0] = Text.join([items[0]!, Text.own(',')]);
    shown = enclosed(value.isTuple ? '()' : '[]', items, ', ', budget);
  } else if (value instanceof Dict) {
    const items = [...value.entries.values()].map((entry) =>
      Text.join([represent(entry.key, budget), Text.own(': '), represent(entry.value, budget)]),
    );
    shown = enclosed('{}', items, ', ', budget);
  } else if (value instanceof Undefined) {
    shown = Text.own('Undefined');
  } else {
    shown = Text.own(scalar(value));
  }
  budget.leave();
  return shown;
};

const scalar = (value: Value): string => {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return String(value);
  if (value instanceof Float) return showFloat(value.value);
  throw new Error(`a ${typeName(value)} cannot be printed`);
};

/** Python writes exponents from 1e16 on and below 1e-4, JavaScript from 1e21 on and below 1e-6. */
export const showFloat = (x: number): string => {
  if (Number.isNaN(x)) return 'nan';
  if (!Number.isFinite(x)) return x > 0 ? 'inf' : '-inf';
  const size = Math.abs(x);
  if (size !== 0 && (size >= 1e16 || size < 1e-4)) {
    return x.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
  }
  const digits = Object.is(x, -0) ? '-0' : String(x);
  return Number.isInteger(x) ? `${digits}.0` : digits;
};

const quoted = (chars: string): string => {
  const quote = chars.includes("'") && !chars.includes('"') ? '"' : "'";
  const inside = Array.from(chars, (character) => {
    const named = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\', [quote]: `\\${quote}` }[character];
    if (named !== undefined) return named;
    if (character === ' ' || !/[\p{C}\p{Z}]/u.test(character)) return character;
    const code = character.codePointAt(0)!;
    const hex = (digits: number) => code.toString(16).padStart(digits, '0');
    return code < 0x100 ? `\\x${hex(2)}` : code < 0x10000 ? `\\u${hex(4)}` : `\\U${hex(8)}`;
  });
  return quote + inside.join('') + quote;
};

export interface JsonOptions {
  readonly ascii: boolean;
  readonly indent: string | undefined;
  readonly itemSeparator: string;
  readonly keySeparator: string;
  readonly sortKeys: boolean;
}

/** Python's json.dumps(). */
export const toJson = (value: Value, options: JsonOptions, budget: Budget, depth = 0): Text => {
  budget.enter();
  let shown: Text;
  if (value instanceof Text) {
    budget.spendCharacters(6 * value.length);
    const json = JSON.stringify(value.chars);
    shown = value.become(options.ascii ? json.replace(/[\x7f-\uffff]/g, escaped) : json);
  } else if (value instanceof List) {
    const items = value.items.map((item) => toJson(item, options, budget, depth + 1));
    shown = jsonBlock('[]', items, options, budget, depth);
  } else if (value instanceof Dict) {
    const entries = [...value.entries.values()].map((entry) => {
      const key = entry.key instanceof Text ? entry.key : Text.own(jsonScalar(entry.key));
      return { key, value: entry.value };
    });
    if (options.sortKeys) entries.sort((a, b) => (a.key.chars < b.key.chars ? -1 : 1));
    const items = entries.map((entry) =>
      Text.join([
        toJson(entry.key, options, budget, depth + 1),
        Text.own(options.keySeparator),
        toJson(entry.value, options, budget, depth + 1),
      ]),
    );
    shown = jsonBlock('{}', items, options, budget, depth);
  } else {
    shown = Text.own(jsonScalar(value));
  }
  budget.leave();
  return shown;
};

const jsonScalar = (value: Value): string => {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return String(value);
  if (value instanceof Float) {
    const names: Record<string, string> = { nan: 'NaN', inf: 'Infinity', '-inf': '-Infinity' };
    const shown = showFloat(value.value);
    return names[shown] ?? shown;
  }
  throw new Error(`a ${typeName(value)} is not JSON serializable`);
};

const jsonBlock = (
  brackets: string,
  items: readonly Text[],
  options: JsonOptions,
  budget: Budget,
  depth: number,
): Text => {
  if (options.indent === undefined || items.length === 0) {
    return enclosed(brackets, items, options.itemSeparator, budget);
  }
  budget.spendCharacters(options.indent.length * (depth + 1) * (items.length + 1));
  const outer = `\n${options.indent.repeat(depth)}`;
  const inner = outer + options.indent;
  const body = enclosed('', items, options.itemSeparator + inner, budget);
  return Text.join([Text.own(brackets[0]! + inner), body, Text.own(outer + brackets[1]!)]);
};

const enclosed = (brackets: string, items: readonly Text[], separator: string, budget: Budget): Text => {
  budget.spendCharacters(items.reduce((sum, { length }) => sum + length + separator.length, 2));
  const body = Text.join(items, Text.own(separator));
  return Text.join([Text.own(brackets.slice(0, 1)), body, Text.own(brackets.slice(1))]);
};

const escaped = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** The origin of what is made of several texts at once. */
export const originOf = (...texts: readonly Text[]): Origin => Text.join(texts).commonOrigin();
