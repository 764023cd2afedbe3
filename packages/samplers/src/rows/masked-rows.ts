/** The masked slots of one trajectory that are predicted. */
export interface PredictedRows {
  readonly trajectory: number;
  /** Slots of the response, ascending. */
  readonly slots: Int32Array;
}

/** The masked slots of one trajectory that takes part in a step. */
export interface MaskedRows extends PredictedRows {
  /** Those of the current block, of which some are committed: `slots[first]` and the `rows − 1` after it. */
  readonly first: number;
  readonly rows: number;
  /** How many of the block's to commit; what a blind order chose of them, as row numbers from 0. */
  readonly count: number;
  /** Probability with which a masked slot is revealed in this step. */
  readonly revealProbability: number;
  readonly chosen: Int32Array | undefined;
}

/** Slots of one response that are still masked, ascending. */
export const maskedSlots = (response: Int32Array, maskId: number): Int32Array => {
  const slots = new Int32Array(response.length);
  let count = 0;
  for (let slot = 0; slot < response.length; slot++) if (response[slot] === maskId) slots[count++] = slot;
  return slots.slice(0, count);
};
