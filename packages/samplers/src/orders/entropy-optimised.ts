import { byConfidence } from '../confidence/by-confidence.js';

/** Lowest entropy of softmax(φ/τ) after guidance, before filters, first: the paper's confidence. */
export const entropy_optimised = byConfidence(({ optimisedEntropy }, row) => -optimisedEntropy(row));
