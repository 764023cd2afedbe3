import { byConfidence } from '../confidence/by-confidence.js';

/** Largest gap between the two most probable tokens first. */
export const topkMargin = byConfidence(({ probs }, row) => {
  let first = 0;
  let second = 0;
  for (const p of probs(row)) {
    if (p > first) {
      second = first;
      first = p;
    } else if (p > second) second = p;
  }
  return first - second;
});
