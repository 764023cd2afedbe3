import { byConfidence } from '../confidence/by-confidence.js';

/** Highest optimized logit of the drawn token first. */
export const anchor = byConfidence(({ logits, places }, row) => logits(row)[places[row]!]!);
