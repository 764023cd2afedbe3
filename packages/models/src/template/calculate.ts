import type { Budget } from './value/budget.js';
import { show } from './value/show.js';
import { Text } from './value/text.js';
import { areEqual, asNumber, compare, Float, List, typeName, type Value } from './value/values.js';

/**
 * A binary operator of Python applied to two values, but for those that look at one side only.
 * @throws Error where Python would
 */
export const calculate = (operator: string, left: Value, right: Value, budget: Budget): Value => {
  switch (operator) {
    case '==':
      return areEqual(left, right, budget);
    case '!=':
      return !areEqual(left, right, budget);
    case '<':
      return compare(left, right, budget) < 0;
    case '<=':
      return compare(left, right, budget) <= 0;
    case '>':
      return compare(left, right, budget) > 0;
    case '>=':
      return compare(left, right, budget) >= 0;
    case '~':
      return joined(show(left, budget), show(right, budget), budget);
  }
  if (operator === '+' && left instanceof Text && right instanceof Text) return joined(left, right, budget);
  if (operator === '+' && left instanceof List && right instanceof List && left.isTuple === right.isTuple) {
    budget.spend(left.items.length + right.items.length);
    return new List([...left.items, ...right.items], left.isTuple);
  }
  if (operator === '*') {
    const [sequence, times] = typeof right === 'number' ? [left, right] : [right, left];
    if (typeof times === 'number' && (sequence instanceof Text || sequence instanceof List)) {
      return repeated(sequence, times, budget);
    }
  }
  const [a, b] = [asNumber(left), asNumber(right)];
  if (a === undefined || b === undefined) {
    throw new Error(`'${operator}' is not supported between ${typeName(left)} and ${typeName(right)}`);
  }
  const result = arithmetic(operator, a, b);
  const isFloat =
    left instanceof Float || right instanceof Float || operator === '/' || (operator === '**' && b < 0);
  if (isFloat) return new Float(result);
  if (Number.isSafeInteger(result)) return result === 0 ? 0 : result;
  throw new Error(`whole numbers beyond 2^53 are not known (${a} ${operator} ${b})`);
};

const joined = (left: Text, right: Text, budget: Budget): Text => {
  // Joining copies nothing before the whole is looked at, which is counted then.
  budget.spendCharacters((left.length + right.length) / 64);
  budget.checkLength(left.length + right.length);
  return new Text(left.chars + right.chars, left.origins + right.origins);
};

const repeated = (sequence: Text | List, times: number, budget: Budget): Value => {
  const count = Math.max(times, 0);
  if (sequence instanceof Text) {
    budget.spendCharacters(sequence.length * count);
    return new Text(sequence.chars.repeat(count), sequence.origins.repeat(count));
  }
  budget.spend(count * (1 + sequence.items.length));
  return new List(Array.from({ length: count }, () => sequence.items).flat(), sequence.isTuple);
};

/** With Python's signs: division rounds down, and a remainder has the sign of the divisor. */
const arithmetic = (operator: string, a: number, b: number): number => {
  if (['/', '//', '%'].includes(operator) && b === 0) throw new Error('division by zero');
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '//':
      return Math.floor(a / b);
    case '%':
      return a - b * Math.floor(a / b);
    case '**':
      return a ** b;
    default:
      throw new Error(`the operator '${operator}' is not known`);
  }
};
