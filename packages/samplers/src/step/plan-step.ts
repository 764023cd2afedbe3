import type { RandomStream } from '@entrgi/core';
import { checkChosen } from '../rows/check-chosen.js';
import { type MaskedRows, maskedSlots } from '../rows/masked-rows.js';
import { revealed, stepInBlock } from '../settings/reveal-probability.js';
import type { SampleSettings } from '../settings/sample-settings.js';

/**
 * Which trajectories commit something in this step, decided before anything is computed: one that has no
 * masks left in the current block, or, unless that is switched off, reveals nothing takes no part. Guidance
 * needs to know of all masks, so that with it all are predicted; otherwise the block's.
 */
export const planStep = (
  settings: SampleSettings,
  step: number,
  tokenIds: Int32Array,
  random: readonly RandomStream[],
): MaskedRows[] => {
  const { order, trajectories, length, blocks, predictsAll, maskId } = settings;
  const isLookedAt = settings.steering?.looksAt(step) === true;
  const everyone = !settings.skipRedundant || isLookedAt;
  const { block, ...place } = stepInBlock(settings, step);
  const { from, to } = blocks[block]!;
  const isLast = place.within === place.perBlock;
  const parts: MaskedRows[] = [];
  for (let trajectory = 0; trajectory < trajectories; trajectory++) {
    const masked = maskedSlots(tokenIds.subarray(trajectory * length, (trajectory + 1) * length), maskId);
    const inBlock = masked.filter((slot) => slot >= from && slot < to);
    const rows = inBlock.length;
    const { count: expected, probability } = revealed(settings, place, rows);
    const chosen = order.blind
      ? order({ rows, count: expected, revealProbability: probability, random: random[trajectory]! })
      : undefined;
    const count = chosen?.length ?? (order.blind !== true && order.varies ? rows : expected);
    if (chosen !== undefined) checkChosen(chosen, rows, isLast ? rows : undefined);
    if (rows === 0 && !(isLookedAt && masked.length > 0)) continue;
    if (count === 0 && !everyone) continue;
    // All masks before the block are gone, unless there is none in the block.
    const [slots, first] = predictsAll
      ? [masked, Math.max(0, masked.indexOf(inBlock[0] ?? -1))]
      : [inBlock, 0];
    parts.push({ trajectory, slots, first, rows, count, revealProbability: probability, chosen });
  }
  return parts;
};
