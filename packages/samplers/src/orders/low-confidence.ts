import { byConfidence } from '../confidence/by-confidence.js';

/** Highest probability of the drawn token in softmax(φ) first, without temperature and filters (LLaDA's). */
export const lowConfidence = byConfidence(
  ({ logit, logSumExp }, row) => Math.exp(logit(row) - logSumExp(row)),
  { readsRows: false },
);
