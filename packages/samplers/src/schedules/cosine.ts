import type { Schedule } from '@entrgi/core';

/** t = cos(½π · progress), from 1 to 1e-3: few tokens at first, many at the end (MaskGIT). */
export const cosine: Schedule = Object.assign(
  (step: number, steps: number) => Math.cos((step / steps) * Math.acos(1e-3)),
  { hastens: true } as const,
);
