import { picture } from './picture.js';
import type { Track } from './track.js';

/** The picture after a step; 0 is before the first. */
export const still = (tracks: readonly Track[], step: number): string =>
  picture(tracks, (markup, from, to) => (step >= from && step <= to ? markup : ''));
