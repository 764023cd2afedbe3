import { byConfidence } from '../confidence/by-confidence.js';

/** Lowest entropy of softmax(φ/τ) after guidance, before filters, first: the paper's confidence. */
export const entropyOptimized = byConfidence(({ optimizedEntropy }, row) => -optimizedEntropy(row), {
  readsRows: false,
});
