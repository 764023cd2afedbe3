import { byConfidence } from '../confidence/by-confidence.js';

/** Highest optimized logit of the drawn token first. */
export const anchor = byConfidence(({ logit }, row) => logit(row), { readsRows: false });
