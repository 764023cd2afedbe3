import { maskedSlots } from '../rows/masked-rows.js';
import { revealed, stepInBlock } from '../settings/reveal-probability.js';
import type { SampleSettings } from '../settings/sample-settings.js';

/**
 * The first step from `step` on that may reveal something, `steps + 1` where none does any more; `step`
 * itself where that cannot be told without looking at each: orders that draw how many they choose, schedules
 * that do not say that they hasten, and where redundant work is not skipped.
 */
export const nextWorkingStep = (settings: SampleSettings, step: number, tokenIds: Int32Array): number => {
  const { order, schedule, skipRedundant, trajectories, length, blocks, maskId } = settings;
  if (!skipRedundant || order.blind === true || schedule.hastens !== true || actsWhenIdle(settings))
    return step;
  const { block, perBlock, within } = stepInBlock(settings, step);
  const { from, to } = blocks[block]!;
  let rows = 0;
  for (let trajectory = 0; trajectory < trajectories; trajectory++) {
    const start = trajectory * length;
    rows = Math.max(rows, maskedSlots(tokenIds.subarray(start + from, start + to), maskId).length);
  }
  if (rows === 0) return step - within + perBlock + 1;
  if (order.varies === true) return step;
  const reveals = (at: number) => revealed(settings, { perBlock, within: at }, rows).count > 0;
  let [low, high] = [within, perBlock];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (reveals(middle)) high = middle;
    else low = middle + 1;
  }
  return step - within + low;
};

/** Whether something is done in steps that reveal nothing, too. */
const actsWhenIdle = ({ remasking, edit, steering, editThreshold }: SampleSettings): boolean =>
  remasking !== undefined ||
  edit?.tokens !== undefined ||
  steering !== undefined ||
  editThreshold !== undefined;
