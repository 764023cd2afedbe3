import { requireFunction } from '@entrgi/core/internal';
import type { Check } from '../verifiable-reward.js';

/**
 * Whether the response is JSON and nothing else, and, where `isValid` is given, of the right shape: what a
 * library compiles of a JSON schema is such a function (`ajv.compile(schema)`).
 */
export const json = (isValid: (value: unknown) => unknown = () => true): Check => {
  requireFunction('json: isValid', isValid);
  return (response) => {
    let value: unknown;
    try {
      value = JSON.parse(response);
    } catch {
      return false;
    }
    return Boolean(isValid(value));
  };
};
