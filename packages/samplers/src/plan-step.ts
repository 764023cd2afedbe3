import type { RandomStream } from '@entrgi/core';
import { checkChosen } from './check-chosen.js';
import { type MaskedRows, maskedSlots } from './masked-rows.js';
import type { SampleSettings } from './sample-options.js';

/**
 * Which trajectories commit something in this step, decided before anything is computed: one that reveals nothing, or has no masks left,
 * takes no part.
 */
export const planStep = (
  { steps, schedule, order, trajectories, length, maskId }: SampleSettings,
  step: number,
  tokenIds: Int32Array,
  random: readonly RandomStream[],
): MaskedRows[] => {
  const revealProbability = step === steps ? 1 : 1 - schedule(step, steps) / schedule(step - 1, steps);
  const parts: MaskedRows[] = [];
  for (let trajectory = 0; trajectory < trajectories; trajectory++) {
    const slots = maskedSlots(tokenIds.subarray(trajectory * length, (trajectory + 1) * length), maskId);
    const rows = slots.length;
    const expected = Math.floor(rows * revealProbability);
    const chosen = order.blind
      ? order({ rows, count: expected, revealProbability, random: random[trajectory]! })
      : undefined;
    const count = chosen?.length ?? expected;
    if (chosen !== undefined) checkChosen(chosen, rows, step === steps ? rows : undefined);
    if (count > 0) parts.push({ trajectory, slots, count, revealProbability, chosen });
  }
  return parts;
};
