import { byConfidence } from '../confidence/by-confidence.js';

/**
 * Lowest entropy of the denoiser's own distribution first, before guidance and filters: all methods compare
 * by the same measure.
 */
export const entropy = byConfidence(({ initialEntropy }, row) => -initialEntropy(row), { readsRows: false });
