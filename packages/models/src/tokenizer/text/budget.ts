import { UnsupportedError } from '@entrgi/core';

/**
 * Steps of roughly one character each; ten or so of a nanosecond in the worst of the loops that count them.
 */
const allowedSteps = 50_000_000;

/**
 * What one text may cost. Files and texts come from strangers: what would take longer than about a second, or
 * grow without bounds, stops with UnsupportedError.
 */
export interface Budget {
  /** Counts work. */
  spend(steps: number): void;
  /** The text has become this long (UTF-16 units); counted as work too. */
  grow(length: number): void;
}

/** The budget for a text of `length` UTF-16 units. `name` is what messages call the tokenizer. */
export const budgetFor = (length: number, name: string): Budget => {
  let left = allowedSteps + 200 * length;
  const longest = 64 * length + 65_536;
  const fail = (message: string): never => {
    throw new UnsupportedError(`${name}: ${message} a text of ${length} characters.`, {
      value: length,
      hint: 'No tokenizer in honest use comes near this: take the file from its original source, or shorten the text.',
    });
  };
  const spend = (steps: number): void => {
    left -= steps;
    if (left < 0) fail('too much work for');
  };
  return {
    spend,
    grow(next) {
      if (next > longest) fail(`${next} characters are made of`);
      spend(next);
    },
  };
};
