import type { DenoiserRequest } from '@entrgi/core';

/** Responses that `inputs.py` makes as well: every other token is masked, the others differ from trajectory to trajectory. */
export const halfMasked = (
  prefix: Int32Array,
  { length, trajectories }: { readonly length: number; readonly trajectories: number },
  maskId: number,
): DenoiserRequest => {
  const total = prefix.length + length;
  const tokenIds = new Int32Array(trajectories * total);
  const positions: number[] = [];
  for (let k = 0; k < trajectories; k++) {
    tokenIds.set(prefix, k * total);
    for (let slot = 0; slot < length; slot++) {
      const at = k * total + prefix.length + slot;
      if (slot % 2 === 0) positions.push(at);
      tokenIds[at] = slot % 2 === 0 ? maskId : 300 + (((k * length + slot) * 37) % 1000);
    }
  }
  return { tokenIds, batch: trajectories, length: total, positions: Int32Array.from(positions) };
};
