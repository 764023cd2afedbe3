import type { Versioned } from '../contracts/runtime/versioned.js';
import { InvalidArgumentError } from '../errors/errors.js';
import { requireContract } from './require-contract.js';

/** Throws InvalidArgumentError unless `value` is a finite number above 0. */
export const requirePositive = (name: string, value: number): void =>
  requireThat(name, value, 'a number above 0', Number.isFinite(value) && value > 0);

/**
 * Throws InvalidArgumentError unless `value` is a whole number of at least `least`, and of at most `most`.
 */
export const requireWhole = (
  name: string,
  value: number,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): void =>
  requireThat(
    name,
    value,
    `a whole number of at least ${least}${most < Number.MAX_SAFE_INTEGER ? ` and at most ${most}` : ''}`,
    Number.isSafeInteger(value) && value >= least && value <= most,
  );

/** Throws InvalidArgumentError unless `value` is true or false. */
export const requireBoolean = (name: string, value: boolean): void =>
  requireThat(name, value, 'true or false', typeof value === 'boolean');

/** Throws InvalidArgumentError unless `value` is text. */
export const requireText = (name: string, value: unknown): void =>
  requireThat(name, value, 'text', typeof value === 'string');

/** Throws InvalidArgumentError, which lists all, unless `value` is one of the names. */
export const requireName = (name: string, value: string, names: readonly string[]): void => {
  if (names.includes(value)) return;
  throw new InvalidArgumentError(`${name}: expected one of ${names.join(', ')}, got '${String(value)}'.`, {
    value,
    argument: argumentOf(name),
  });
};

/** Throws InvalidArgumentError unless `value` is a number of bytes; Infinity is no limit. */
export const requireMemoryLimit = (name: string, value: number): void =>
  requireThat(name, value, 'a number of bytes above 0', typeof value === 'number' && value > 0);

/** Throws InvalidArgumentError unless `value` is a function; `such` is an example. */
export const requireFunction = (name: string, value: unknown, such = 'a function'): void =>
  requireThat(name, value, such, typeof value === 'function');

/** Throws InvalidArgumentError unless `value` is an object; `what` says which. */
export const requireObject = (name: string, value: unknown, what: string): void =>
  requireThat(name, value, what, typeof value === 'object' && value !== null);

/**
 * Throws InvalidArgumentError unless `value` can make sessions, UnsupportedError where it follows another
 * contract.
 */
export const requireBackend = (name: string, value: unknown): void => {
  const what = 'a backend, such as nodeBackend of @entrgi/backend-node gives';
  requireObject(name, value, what);
  requireContract(name, value as Versioned);
  requireFunction(`${name}.createSession`, (value as { createSession?: unknown }).createSession, what);
};

/**
 * Throws InvalidArgumentError unless `value` can score, UnsupportedError where it follows another contract.
 */
export const requireReward = (name: string, value: unknown): void => {
  const what = 'a reward, such as loadReward of @entrgi/rewards gives';
  requireObject(name, value, what);
  requireContract(name, value as Versioned);
  requireFunction(`${name}.score`, (value as { score?: unknown }).score, what);
};

/** Throws InvalidArgumentError unless `value` is undefined or can abort. */
export const requireSignal = (name: string, value: AbortSignal | undefined): void => {
  const signal = value as Partial<AbortSignal> | null | undefined;
  const isSignal = typeof signal?.aborted === 'boolean' && typeof signal.throwIfAborted === 'function';
  requireThat(name, value, 'an AbortSignal', value === undefined || isSignal);
};

/** Throws InvalidArgumentError unless `holds`. */
export const requireThat = (name: string, value: unknown, domain: string, holds: boolean): void => {
  if (!holds) {
    throw new InvalidArgumentError(`${name}: expected ${domain}, got ${shown(value)}.`, {
      value,
      argument: argumentOf(name),
    });
  }
};

/** The name without the function, where it begins with that. */
const argumentOf = (name: string): string => name.split(': ').at(-1)!;

/** A value as messages show it: in one short line, whatever it is. */
const shown = (value: unknown): string => {
  const text =
    Array.isArray(value) || value instanceof Int32Array
      ? Array.from(value.slice(0, 20), plainText).join()
      : plainText(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
};

const plainText = (value: unknown): string => {
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.prototype.toString.call(value).replace('[object Object]', 'an object');
};
