import { CheckpointError } from '@entrgi/core';

/**
 * One part of a tokenizer.json, `{ "type": …, … }`, read field by field; a field that is not as expected is a
 * CheckpointError.
 */
export interface Component {
  readonly type: string;
  /** What messages call it: the file, and the path inside. */
  readonly where: string;
  text(field: string, absent?: string): string;
  optionalText(field: string): string | undefined;
  /** One character (code point). */
  character(field: string): string;
  flag(field: string, absent?: boolean): boolean;
  optionalFlag(field: string): boolean | undefined;
  count(field: string, absent?: number): number;
  oneOf<T extends string>(field: string, names: readonly T[], absent?: T): T;
  list(field: string): readonly Component[];
  value(field: string): unknown;
  fail(message: string, value: unknown): never;
}

/** Deeper than any tokenizer nests its sequences. */
const deepest = 32;

export const component = (value: unknown, where: string, depth = 0): Component => {
  const fail = (message: string, offending: unknown): never => {
    throw new CheckpointError(`${where}: ${message}.`, { value: offending });
  };
  if (typeof value !== 'object' || value === null || Array.isArray(value)) fail('expected an object', value);
  if (depth > deepest) fail('nested too deeply', depth);
  const fields = value as Record<string, unknown>;
  const own = (field: string): unknown => (Object.hasOwn(fields, field) ? fields[field] : undefined);
  const required = <T>(field: string, expected: string, test: (v: unknown) => v is T, absent?: T): T => {
    const found = own(field);
    if (found === undefined && absent !== undefined) return absent;
    return test(found) ? found : fail(`${field}: expected ${expected}`, found);
  };
  const optional = <T>(field: string, expected: string, test: (v: unknown) => v is T): T | undefined =>
    own(field) === undefined || own(field) === null ? undefined : required(field, expected, test);
  const isText = (v: unknown): v is string => typeof v === 'string';
  const isFlag = (v: unknown): v is boolean => typeof v === 'boolean';
  const isCount = (v: unknown): v is number => Number.isSafeInteger(v) && (v as number) >= 0;
  return {
    type: isText(own('type')) ? (own('type') as string) : '',
    where,
    text: (field, absent) => required(field, 'text', isText, absent),
    optionalText: (field) => optional(field, 'text', isText),
    character(field) {
      const text = required(field, 'a character', isText);
      return [...text].length === 1 ? text : fail(`${field}: expected a character`, text);
    },
    flag: (field, absent) => required(field, 'true or false', isFlag, absent),
    optionalFlag: (field) => optional(field, 'true or false', isFlag),
    count: (field, absent) => required(field, 'a count', isCount, absent),
    oneOf: (field, names, absent) =>
      required(
        field,
        `one of ${names.join(', ')}`,
        (v): v is (typeof names)[number] => names.includes(v as never),
        absent,
      ),
    list(field) {
      const items = own(field);
      if (!Array.isArray(items)) return fail(`${field}: expected a list`, items);
      return items.map((item, i) => component(item, `${where}.${field}[${i}]`, depth + 1));
    },
    value: own,
    fail,
  };
};
