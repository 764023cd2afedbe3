import type { Order, OrderRequest } from '@entrgi/core';
import { byConfidence } from '../confidence/by-confidence.js';

const byEntropy = byConfidence(({ initialEntropy }, row) => -initialEntropy(row), { readsRows: false });

/**
 * Lowest entropy first, and in each step as many as are safe together: rows are added while the summed
 * entropy of those before them is within `entropyBound` (entropy-bounded unmasking, arXiv 2505.24857). At
 * least one, whatever is scheduled; end tokens that wait are not added.
 */
export const entropyBound = Object.assign(
  (request: OrderRequest): Int32Array => {
    const { rows, postponed, entropyBound, revealProbability } = request;
    const ranked = byEntropy({ ...request, count: rows });
    if (revealProbability === 1) return ranked;
    let summed = 0;
    let count = 1;
    for (; count < rows; count++) {
      summed += request.initialEntropy(ranked[count - 1]!);
      if (summed > entropyBound || postponed[ranked[count]!] === 1) break;
    }
    return ranked.slice(0, count);
  },
  { varies: true, readsRows: false, confidence: byEntropy.confidence } as const,
) satisfies Order;
