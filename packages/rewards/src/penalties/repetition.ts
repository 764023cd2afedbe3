import type { Reward } from '@entrgi/core';
import { requireWhole } from '@entrgi/core/internal';
import { verifiableReward } from '../verifiable-reward.js';

/**
 * Minus the share of n words in a row that stand there before, regardless of case: 0 where nothing is said
 * twice, near −1 where nothing else is.
 * @throws InvalidArgumentError for an n below 1
 */
export const repetition = (n = 3): Reward => {
  requireWhole('repetition: n', n, 1);
  return verifiableReward(`no ${n} words twice`, (response) => {
    const words = response.toLowerCase().match(/[\p{L}\p{N}'’]+/gu) ?? [];
    const grams = words.slice(n - 1).map((_, i) => words.slice(i, i + n).join(' '));
    return grams.length === 0 ? 0 : new Set(grams).size / grams.length - 1;
  });
};
