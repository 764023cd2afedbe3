import type { RandomStream } from '@entrgi/core';
import { requireThat } from '@entrgi/core/internal';
import { noiseLevels, remaskLimit, stepInBlock } from '../settings/reveal-probability.js';
import type { SampleSettings } from '../settings/sample-settings.js';

export interface RemaskTokensRequest {
  readonly step: number;
  /** Responses before the step, shape [trajectories, length]. */
  readonly before: Int32Array;
  /** The same after it; written to. */
  readonly tokenIds: Int32Array;
  /** Probability with which each token was drawn, same shape. */
  readonly probabilities: Float64Array;
  readonly stream: (trajectory: number) => RandomStream;
}

/**
 * Masks tokens of the current block again that were there before the step. What stands in the response from
 * the beginning stays.
 */
export const remaskTokens = (settings: SampleSettings, request: RemaskTokensRequest): void => {
  const { remasking, trajectories, length, blocks, given, maskId } = settings;
  const { step, before, tokenIds, probabilities, stream } = request;
  const { block, ...place } = stepInBlock(settings, step);
  if (remasking === undefined || place.within === place.perBlock) return;
  const { from, to } = blocks[block]!;
  const limit = remaskLimit(noiseLevels(settings, place));
  for (let trajectory = 0; trajectory < trajectories; trajectory++) {
    const slots: number[] = [];
    for (let slot = from; slot < to; slot++) {
      const at = trajectory * length + slot;
      if (given[slot] === maskId && before[at] !== maskId) slots.push(at);
    }
    if (slots.length === 0) continue;
    const { committed } = remasking({
      limit,
      probabilities: Float64Array.from(slots, (at) => probabilities[at]!),
    });
    const isShare = (p: unknown) => typeof p === 'number' && p >= 0 && p <= 1;
    const right = committed?.length === slots.length && Array.from(committed).every(isShare);
    requireThat('remasking', committed, `${slots.length} probabilities, one per committed token`, right);
    const random = stream(trajectory);
    slots.forEach((at, i) => {
      if (random.uniform() < committed[i]!) tokenIds[at] = maskId;
    });
  }
};
