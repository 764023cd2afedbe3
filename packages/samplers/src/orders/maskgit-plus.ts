import { byConfidence } from '../confidence/by-confidence.js';

/** Highest probability of the drawn token first. */
export const maskgit_plus = byConfidence(({ probs, places }, row) => probs(row)[places[row]!]!);
