import type { Budget } from './value/budget.js';
import { Text } from './value/text.js';
import {
  areEqual,
  asNumber,
  Callable,
  compare,
  Dict,
  elementsOf,
  Float,
  List,
  lengthOf,
  Undefined,
  type Value,
} from './value/values.js';

type Test = (value: Value, others: readonly Value[], budget: Budget) => boolean;

const remainder = (value: Value, by: number): number => {
  const number = asNumber(value);
  if (number === undefined) throw new Error('expected a number');
  return number % by;
};

const ordered =
  (holds: (order: number) => boolean): Test =>
  (value, [other], budget) =>
    holds(compare(value, other ?? null, budget));

const equal: Test = (value, [other], budget) => areEqual(value, other ?? null, budget);
const isWhole = (value: Value): value is number => typeof value === 'number';
const isSequence = (value: Value) =>
  value instanceof List || value instanceof Text || value instanceof Dict || value instanceof Undefined;

const tests: Readonly<Record<string, Test>> = {
  defined: (value) => !(value instanceof Undefined),
  undefined: (value) => value instanceof Undefined,
  none: (value) => value === null,
  boolean: (value) => typeof value === 'boolean',
  true: (value) => value === true,
  false: (value) => value === false,
  integer: isWhole,
  float: (value) => value instanceof Float,
  number: (value) => asNumber(value) !== undefined,
  string: (value) => value instanceof Text,
  mapping: (value) => value instanceof Dict,
  iterable: isSequence,
  sequence: isSequence,
  callable: (value) => value instanceof Callable,
  odd: (value) => Math.abs(remainder(value, 2)) === 1,
  even: (value) => remainder(value, 2) === 0,
  divisibleby: (value, [other]) => remainder(value, asNumber(other) ?? Number.NaN) === 0,
  lower: (value) =>
    value instanceof Text && value.chars === value.chars.toLowerCase() && /\p{Ll}/u.test(value.chars),
  upper: (value) =>
    value instanceof Text && value.chars === value.chars.toUpperCase() && /\p{Lu}/u.test(value.chars),
  eq: equal,
  equalto: equal,
  '==': equal,
  ne: (...args) => !equal(...args),
  '!=': (...args) => !equal(...args),
  sameas: (value, [other]) => value === other,
  lt: ordered((order) => order < 0),
  lessthan: ordered((order) => order < 0),
  le: ordered((order) => order <= 0),
  gt: ordered((order) => order > 0),
  greaterthan: ordered((order) => order > 0),
  ge: ordered((order) => order >= 0),
  in: (value, [other], budget) => contains(other ?? null, value, budget),
};

/** A test of Jinja2, what stands behind `is`. */
export const test = (name: string, value: Value, others: readonly Value[], budget: Budget): boolean => {
  budget.spend(1);
  if (value instanceof Text) budget.spendCharacters(value.length);
  if (Object.hasOwn(tests, name)) return tests[name]!(value, others, budget);
  throw new Error(`the test '${name}' is not known`);
};

/** Python's `in`. */
export const contains = (whole: Value, part: Value, budget: Budget): boolean => {
  if (whole instanceof Text) {
    if (!(part instanceof Text)) throw new Error('in: expected a str in a str');
    budget.spendCharacters(whole.length);
    return whole.chars.includes(part.chars);
  }
  if (whole instanceof Dict) return lengthOf(whole, budget) > 0 && whole.get(part) !== undefined;
  return elementsOf(whole, budget).some((item) => areEqual(item, part, budget));
};
