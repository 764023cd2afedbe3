import type { Slot } from '../history/lane-history.js';
import type { EditedToken, Lane } from '../protocol/protocol.js';
import type { ShownLane } from './shown-lane.js';

/** Another token for a slot: instead of what was written there, in the step that wrote it; of what is masked, in the step that is looked at. */
export const editOfSlot = (
  lane: Lane,
  { trajectory, step }: Pick<ShownLane, 'trajectory' | 'step'>,
  { position, committedAt }: Pick<Slot, 'position' | 'committedAt'>,
  tokenId: number,
): EditedToken => ({ lane, trajectory, position, step: committedAt || Math.max(1, step), tokenId });
