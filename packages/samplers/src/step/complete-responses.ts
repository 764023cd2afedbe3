import type { CommittedToken } from '@entrgi/core';
import type { SampleSettings } from '../settings/sample-settings.js';

/**
 * Fills up the responses whose text is complete: those of `trajectories` that have an end token with no mask
 * before it. What would stand behind it is in no text and hidden from every reward. Writes to `tokenIds`,
 * shape [trajectories, length], and returns what it wrote.
 */
export const completeResponses = (
  { length, maskId, denoiser: { vocabulary } }: SampleSettings,
  tokenIds: Int32Array,
  trajectories: readonly number[],
): CommittedToken[] => {
  const filled: CommittedToken[] = [];
  for (const trajectory of trajectories) {
    const response = tokenIds.subarray(trajectory * length, (trajectory + 1) * length);
    const end = response.find((id) => id === maskId || vocabulary.endIds.includes(id));
    if (end === undefined || end === maskId) continue;
    for (let position = 0; position < length; position++) {
      if (response[position] !== maskId) continue;
      // With the end token that is there: not every vocabulary has a padding token, and in some it is the mask.
      response[position] = end;
      filled.push({ trajectory, position, tokenId: end });
    }
  }
  return filled;
};
