import type { ResponseMix } from '@entrgi/core';

const COLUMNS = 64;
/** Ordinary tokens of the embedded tokenizer begin well below this id, and special ones are beyond the last used here. */
const FIRST = 300;

/** A mix that `inputs.py` makes as well: every slot a mixture of 64 candidates, part soft and part hard. */
export const fixedMix = (trajectories: number, length: number): ResponseMix => {
  const slots = trajectories * length;
  const probs = Float32Array.from({ length: slots * COLUMNS }, (_, i) => {
    const slot = Math.floor(i / COLUMNS);
    // Weights 1 … 64 in an order that turns from slot to slot; their sum is 2080.
    return (((i + slot) % COLUMNS) + 1) / 2080;
  });
  return {
    trajectories,
    tokenIds: Int32Array.from({ length: slots }, (_, slot) => FIRST + ((slot * 37) % 1000)),
    attention: new Uint8Array(slots).fill(1),
    rows: Int32Array.from({ length: slots }, (_, slot) => slot),
    candidates: Int32Array.from({ length: COLUMNS }, (_, column) => FIRST + column),
    probs,
    weights: Float32Array.from({ length: slots }, (_, slot) => (slot % 5) / 4),
  };
};
