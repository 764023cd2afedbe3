import type { RandomStream } from '../guidance/random-stream.js';

/**
 * Draws the place of a token from a distribution. `probs` need not sum to 1; one is above 0. The same stream
 * gives the same place.
 */
export type Draw = (probs: Float32Array, random: RandomStream) => number;
