import type { CommittedToken } from '@entrgi/core';

/**
 * The tokens that a step changed otherwise than by committing them. Both responses have shape [trajectories,
 * length].
 */
export const changedTokens = (
  before: Int32Array,
  after: Int32Array,
  committed: readonly CommittedToken[],
  length: number,
): CommittedToken[] => {
  const expected = before.slice();
  for (const { trajectory, position, tokenId } of committed) {
    expected[trajectory * length + position] = tokenId;
  }
  const changed: CommittedToken[] = [];
  for (const [at, tokenId] of after.entries()) {
    if (tokenId === expected[at]) continue;
    changed.push({ trajectory: Math.floor(at / length), position: at % length, tokenId });
  }
  return changed;
};
