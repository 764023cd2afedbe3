import { byConfidence } from '../confidence/by-confidence.js';

/** Highest probability of the drawn token first. */
export const maskgitPlus = byConfidence(({ probability }, row) => probability(row), { readsRows: false });
