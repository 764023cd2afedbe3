import type { Vocabulary } from '../contracts/model/vocabulary.js';

/**
 * What the reward model may look at, shape [trajectories, length]: 1 up to and with the first end token of
 * each provisional response, 0 after it and at padding.
 */
export const provisionalAttention = (
  tokenIds: Int32Array,
  trajectories: number,
  vocabulary: Vocabulary,
): Uint8Array => {
  const length = tokenIds.length / trajectories;
  const attention = new Uint8Array(tokenIds.length);
  for (let start = 0; start < tokenIds.length; start += length) {
    for (let slot = start; slot < start + length; slot++) {
      const id = tokenIds[slot]!;
      if (id !== vocabulary.padId) attention[slot] = 1;
      if (vocabulary.endIds.includes(id)) break;
    }
  }
  return attention;
};
