import { InvalidModelError } from '@entrgi/core';
import type { Dimension } from '../model/model.js';

/** A shape, or undefined where not even the rank is known. */
export type Dimensions = readonly Dimension[] | undefined;

/** The size that two axes broadcast to; null where the known sizes do not tell. */
export function broadcastDimension(a: Dimension, b: Dimension): Dimension {
  if (a === b || b === 1) return a;
  if (a === 1) return b;
  if (typeof a === 'number' && typeof b === 'number') {
    throw new InvalidModelError(`Sizes ${a} and ${b} do not broadcast.`, { value: [a, b] });
  }
  // A known size above 1 wins: the other is that size or 1.
  if (typeof a === 'number') return a;
  if (typeof b === 'number') return b;
  return null;
}

function broadcastPair(a: readonly Dimension[], b: readonly Dimension[]): readonly Dimension[] {
  const [long, short] = a.length < b.length ? [b, a] : [a, b];
  const missing = long.length - short.length;
  return long.map((size, axis) => (axis < missing ? size : broadcastDimension(size, short[axis - missing]!)));
}

/** The shape that shapes broadcast to, aligned at the last axis. */
export function broadcast(...shapes: readonly Dimensions[]): Dimensions {
  let result: readonly Dimension[] = [];
  for (const shape of shapes) {
    if (shape === undefined) return undefined;
    result = broadcastPair(result, shape);
  }
  return result;
}

/** Between the factors of a size that is only known as a product, such as '2·batch·sequence'. */
const TIMES = '·';

/** The number and the symbols (sorted) whose product sizes are; an unknown size is passed over. */
function factorsOf(sizes: readonly Dimension[]): { number: number; symbols: string[] } {
  let number = 1;
  const symbols: string[] = [];
  for (const size of sizes) {
    if (typeof size === 'number') number *= size;
    if (typeof size !== 'string') continue;
    const [first, ...rest] = size.split(TIMES) as [string, ...string[]];
    if (rest.length > 0 && /^[0-9]+$/.test(first)) number *= Number(first);
    else symbols.push(first);
    symbols.push(...rest);
  }
  return { number, symbols: symbols.sort() };
}

const spelt = (number: number, symbols: readonly string[]): Dimension =>
  symbols.length === 0 || number === 0 ? number : [...(number === 1 ? [] : [number]), ...symbols].join(TIMES);

/**
 * A product of sizes: a number, a symbol that spells the factors in order (equal products have equal names),
 * or null.
 */
export function product(sizes: readonly Dimension[]): Dimension {
  const { number, symbols } = factorsOf(sizes);
  return number !== 0 && sizes.includes(null) ? null : spelt(number, symbols);
}

/**
 * The size of one axis that holds all of `sizes` but what is in `taken`; throws InvalidModelError where it is
 * not whole.
 */
export function quotient(sizes: readonly Dimension[], taken: readonly Dimension[]): Dimension {
  if (sizes.includes(null) || taken.includes(null)) return null;
  const [own, divisor] = [factorsOf(sizes), factorsOf(taken)];
  for (const symbol of divisor.symbols) {
    const at = own.symbols.indexOf(symbol);
    if (at < 0) return null;
    own.symbols.splice(at, 1);
  }
  if (divisor.number === 0) return null;
  if (own.number % divisor.number === 0) return spelt(own.number / divisor.number, own.symbols);
  if (own.symbols.length > 0) return null;
  throw new InvalidModelError(`A tensor of shape [${sizes}] does not reshape to [${taken}, −1].`, {
    value: taken,
  });
}

/** The axis counted from the front; throws InvalidModelError outside [−rank, rank). */
export function positiveAxis(axis: number, rank: number): number {
  const positive = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || positive < 0 || positive >= rank) {
    throw new InvalidModelError(`Expected an axis in [${-rank}, ${rank - 1}], got ${axis}.`, { value: axis });
  }
  return positive;
}

/** Number of elements of a static shape. */
export const elementCount = (dims: readonly number[]): number =>
  dims.reduce((total, size) => total * size, 1);
