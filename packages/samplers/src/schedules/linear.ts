import type { Schedule } from '@entrgi/core';

/** t from 1 to 1e-3 in equal steps (Dream's and the paper's). */
export const linear: Schedule = (step, steps) => 1 - (step / steps) * (1 - 1e-3);
