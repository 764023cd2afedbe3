import { type Draw, drawToken } from '@entrgi/core';

/** Where a random number falls in the summed probabilities: one number a token drawn. */
export const inversion: Draw = drawToken;
