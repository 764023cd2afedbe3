import type { Prompt } from '@entrgi/core';
import { requireThat } from '@entrgi/core/internal';
import type { Check } from '../verifiable-reward.js';

/** A number as it is written: 1,234.5 and −3 are some, and so is the 7 of "7." */
const NUMBER = /[-−]?\d+(?:,\d{3})*(?:\.\d+)?/g;

/**
 * Whether the last number of the response is the right one, but for rounding: of sums and word problems.
 * `expected` is the number, or says it of a prompt.
 * @throws InvalidArgumentError for what is neither
 */
export const answers = (expected: number | ((prompt: Prompt) => number)): Check => {
  const isRight = typeof expected === 'function' || Number.isFinite(expected);
  requireThat('answers: expected', expected, 'a number, or a function from a prompt to one', isRight);
  return (response, prompt) => {
    const last = response.match(NUMBER)?.at(-1);
    if (last === undefined) return false;
    const right = typeof expected === 'function' ? expected(prompt) : expected;
    const given = Number(last.replaceAll(',', '').replace('−', '-'));
    return Math.abs(given - right) <= 1e-9 * Math.max(1, Math.abs(right));
  };
};
