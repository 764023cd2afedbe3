import type { Draw } from '@entrgi/core';
import { drawToken } from '@entrgi/core/internal';

/** Where a random number falls in the summed probabilities: one number a token drawn. */
export const inversion: Draw = drawToken;
