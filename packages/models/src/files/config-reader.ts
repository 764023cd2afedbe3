import { CheckpointError, UnsupportedError } from '@entrgi/core';
import { networkSource } from './network-source.js';

/** The fields of a config.json, each checked when it is read. */
export interface ConfigReader {
  /** What error messages call the file. */
  readonly file: string;
  /** All of them, as they stand there. */
  fields(): Readonly<Record<string, unknown>>;
  /** The value as it stands there. */
  raw(field: string): unknown;
  /** A whole number from 1 to 2³¹ − 1; `fallback` where the field is absent or null. */
  count(field: string, fallback?: number): number;
  /** A whole number from 1 to `most`, which is what `of` says; `fallback` as for `count`. */
  countUpTo(field: string, most: number, of: string, fallback?: number): number;
  /** A number of layers: from 1 to 1000. */
  layers(field: string): number;
  /** A finite number above 0. */
  positive(field: string, fallback?: number): number;
  /** A number of at least 0 that float32 can hold, as what norms add to a variance. */
  epsilon(field: string, fallback: number): number;
  /** A finite number. */
  number(field: string, fallback: number): number;
  /** A list of so many numbers above 0. */
  numbers(field: string, length: number): readonly number[];
  flag(field: string, fallback: boolean): boolean;
  /** A token id below `rows`, or undefined where the field is absent or null. */
  tokenId(field: string, vocabularySize: number): number | undefined;
  /** The fields of an object that stands in a field. */
  nested(field: string): ConfigReader;
  /** Throws UnsupportedError unless the field is absent, null or one of the values. */
  only(field: string, ...values: unknown[]): void;
}

const LARGEST_FLOAT32 = 3.4028234663852886e38;

export const configReader = (fields: Readonly<Record<string, unknown>>, file: string): ConfigReader => {
  const raw = (field: string) => (Object.hasOwn(fields, field) ? fields[field] : undefined);
  const show = (value: unknown) => (value === undefined ? 'nothing' : JSON.stringify(value));
  const read =
    <T>(expected: string, accept: (value: unknown) => value is T) =>
    (field: string, fallback?: T): T => {
      const value = raw(field) ?? fallback;
      if (accept(value)) return value;
      throw new CheckpointError(`${file}: ${field}: expected ${expected}, got ${show(value)}.`, { value });
    };
  const countUpTo =
    (most: number) =>
    (value: unknown): value is number =>
      Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= most;
  const isPositive = (value: unknown): value is number => Number.isFinite(value) && (value as number) > 0;
  const isEpsilon = (value: unknown): value is number =>
    typeof value === 'number' && value >= 0 && value <= LARGEST_FLOAT32;
  const isFlag = (value: unknown): value is boolean => typeof value === 'boolean';
  const refuse = (field: string, expected: string): never => {
    const value = raw(field);
    throw new CheckpointError(`${file}: ${field}: expected ${expected}, got ${show(value)}.`, { value });
  };
  return {
    file,
    fields: () => fields,
    raw,
    count: read('a whole number from 1', countUpTo(2 ** 31 - 1)),
    countUpTo: (field, most, of, fallback) =>
      read(`a whole number from 1 to ${most} (${of})`, countUpTo(most))(field, fallback),
    // Everything is listed layer by layer before it is compared with the file.
    layers: read('a whole number from 1 to 1000', countUpTo(1000)),
    positive: read('a number above 0', isPositive),
    epsilon: read(`a number from 0 to ${LARGEST_FLOAT32}`, isEpsilon),
    number: read('a number', (value): value is number => Number.isFinite(value)),
    numbers: (field, length) =>
      read(
        `${length} numbers above 0`,
        (value): value is number[] =>
          Array.isArray(value) && value.length === length && value.every(isPositive),
      )(field),
    flag: read('true or false', isFlag),
    tokenId(field, rows) {
      const id = raw(field) ?? undefined;
      const isId = Number.isSafeInteger(id) && (id as number) >= 0 && (id as number) < rows;
      return id === undefined || isId ? (id as number) : refuse(field, `a token id from 0 to ${rows - 1}`);
    },
    nested(field) {
      const value = raw(field);
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
        return configReader(value as Record<string, unknown>, `${file}: ${field}`);
      }
      throw new CheckpointError(`${file}: ${field}: expected an object, got ${show(value)}.`, { value });
    },
    only(field, ...values) {
      const value = raw(field) ?? null;
      if (value === null || values.some((allowed) => allowed === value)) return;
      throw new UnsupportedError(
        `${file}: ${field}: expected ${values.length === 0 ? 'nothing' : values.map(show).join(' or ')}, got ${show(value)}.`,
        {
          value,
          hint: `This variant of the architecture is not supported. To ask for it, name ${networkSource({ file, raw })}.`,
        },
      );
    },
  };
};
