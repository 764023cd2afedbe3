import { InvalidArgumentError } from '@entrgi/core';
import type { LibraryTokenizer } from '../library/contract.js';

/** Throws InvalidArgumentError for more tokens than the tokenizer says that its model takes. */
export const requireLength = (
  name: string,
  length: number,
  { model_max_length: most }: LibraryTokenizer,
  value: string,
): void => {
  if (most === undefined || most === null || length <= most) return;
  throw new InvalidArgumentError(`'${name}': expected at most ${most} tokens, got ${length}.`, {
    value,
    hint: 'Shorten the prompt or the response.',
  });
};
