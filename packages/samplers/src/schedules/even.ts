import type { Schedule } from '@entrgi/core';

/**
 * t from 1 to 0 in equal steps, and the share of each step rounded up (LLaDA's): n masks in S steps are ⌊n /
 * S⌋ a step, and one more in the first n mod S.
 */
export const even: Schedule = Object.assign((step: number, steps: number) => 1 - step / steps, {
  hastens: true,
  count: (rows: number, step: number, steps: number) => Math.ceil(rows / (steps - step + 1)),
} as const);
