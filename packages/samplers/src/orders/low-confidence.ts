import { byConfidence } from '../confidence/by-confidence.js';

/** Highest probability of the drawn token in softmax(φ) first, without temperature and filters (LLaDA's). */
export const lowConfidence = byConfidence(({ logits, logSumExp, places }, row) =>
  Math.exp(logits(row)[places[row]!]! - logSumExp(row)),
);
