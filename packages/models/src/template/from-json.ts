import { InvalidArgumentError } from '@entrgi/core';
import { Text } from './value/text.js';
import { Dict, Float, List, type Value } from './value/values.js';

const DEEPEST = 100;

/**
 * A value of a program as a template sees it; its texts count as somebody else's.
 * @throws InvalidArgumentError for what JSON does not know
 */
export const fromJson = (value: unknown, name: string, depth = 0): Value => {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'string') return Text.of(value, 'u');
  if (typeof value === 'number' && Number.isFinite(value)) {
    return Number.isSafeInteger(value) ? value : new Float(value);
  }
  if (typeof value === 'object' && depth < DEEPEST) {
    if (Array.isArray(value)) return new List(value.map((item) => fromJson(item, name, depth + 1)));
    const dict = new Dict();
    for (const [key, item] of Object.entries(value)) {
      dict.set(Text.of(key, 'u'), fromJson(item, name, depth + 1));
    }
    return dict;
  }
  throw new InvalidArgumentError(`templateVariables: ${name}: expected JSON, got ${typeof value}.`, {
    value,
    argument: 'templateVariables',
  });
};
