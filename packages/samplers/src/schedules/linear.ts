import type { Schedule } from '@entrgi/core';

/** t from 1 to 1e-3 in equal steps (Dream's and the paper's). */
export const linear: Schedule = Object.assign(
  (step: number, steps: number) => 1 - (step / steps) * (1 - 1e-3),
  { hastens: true } as const,
);
