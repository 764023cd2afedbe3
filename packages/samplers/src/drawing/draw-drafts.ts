import { nextTurn, type RandomStream, type RowLogits, turnIsDue } from '@entrgi/core';
import { rowDistributions } from '../rows/draw-rows.js';
import type { MaskedRows } from '../rows/masked-rows.js';
import type { SampleSettings } from '../settings/sample-settings.js';

export interface DraftRequest {
  /** Responses after the step, shape [trajectories, length]. */
  readonly tokenIds: Int32Array;
  readonly parts: readonly MaskedRows[];
  /** What the step drew from, for the rows of all parts. */
  readonly logits: RowLogits;
  readonly drafts: number;
  readonly stream: (trajectory: number, draft: number) => RandomStream;
}

/**
 * Completes the responses several times, every mask drawn on its own from what the step drew from. Shape
 * [trajectories, length] each.
 */
export const drawDrafts = async (settings: SampleSettings, request: DraftRequest): Promise<Int32Array[]> => {
  const { temperature, filters, draw: drawFrom, maskId, length, signal } = settings;
  const { tokenIds, parts, logits, stream } = request;
  const drafts = Array.from({ length: request.drafts }, () => tokenIds.slice());
  let firstRow = 0;
  for (const { trajectory, slots } of parts) {
    const placeOf = (row: number) => `Draft of trajectory ${trajectory}, position ${slots[row]}`;
    const rows = rowDistributions({ logits, firstRow, temperature, filters, drawFrom, placeOf });
    const streams = drafts.map((_, draft) => stream(trajectory, draft));
    for (const [row, slot] of slots.entries()) {
      const at = trajectory * length + slot;
      if (tokenIds[at] !== maskId) continue;
      drafts.forEach((draft, d) => {
        draft[at] = rows.tokenAt(row, rows.draw(row, streams[d]!));
      });
      if (turnIsDue()) await nextTurn(signal);
    }
    firstRow += slots.length;
  }
  return drafts;
};
