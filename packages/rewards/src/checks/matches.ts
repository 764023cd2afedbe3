import { requireThat } from '@entrgi/core/internal';
import type { Check } from '../verifiable-reward.js';

/**
 * Whether a regular expression finds something in the response; with `^…$` the whole of it.
 * @throws InvalidArgumentError for what is none
 */
export const matches = (pattern: RegExp): Check => {
  requireThat('matches: pattern', pattern, 'a regular expression', pattern instanceof RegExp);
  // One that remembers where it was would find every other match.
  const stateless = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''));
  return (response) => stateless.test(response);
};
