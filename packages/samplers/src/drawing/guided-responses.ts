import type { GuidanceRequest } from '@entrgi/core';
import type { MaskedRows } from '../rows/masked-rows.js';
import { stepInBlock } from '../settings/reveal-probability.js';
import type { SampleSettings } from '../settings/sample-settings.js';
import type { StepRequest } from './step-request.js';

/** What guidance is asked of a step, but for the logits. */
export const guidedResponses = (
  settings: SampleSettings,
  { step, tokenIds, parts, stream }: StepRequest,
): Omit<GuidanceRequest, 'logits'> => {
  const { length, temperature, filters, signal } = settings;
  // What follows is not written before the block is, and has no part in a reward.
  const { block } = stepInBlock(settings, step);
  const visible = settings.predictsAll ? length : settings.blocks[block]!.to;
  return {
    step,
    ...together(tokenIds, length, parts, visible),
    temperature,
    filters,
    random: (k, guidanceStep) => stream(parts[k]!.trajectory, 'guidance', guidanceStep),
    signal,
  };
};

/** The visible beginnings of the responses that take part, and their masked slots, as one batch. */
const together = (tokenIds: Int32Array, length: number, parts: readonly MaskedRows[], visible: number) => {
  const batch = new Int32Array(parts.length * visible);
  const rows: number[] = [];
  parts.forEach(({ trajectory, slots }, k) => {
    batch.set(tokenIds.subarray(trajectory * length, trajectory * length + visible), k * visible);
    for (const slot of slots) rows.push(k * visible + slot);
  });
  return { trajectories: parts.length, tokenIds: batch, rows: Int32Array.from(rows) };
};
