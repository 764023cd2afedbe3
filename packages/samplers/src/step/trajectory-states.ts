import type { Look, TrajectoryState } from '../settings/steering.js';

/**
 * Copies of trajectories out of, and into, what all of them are: shape [trajectories, length] each,
 * `probabilities` also empty.
 */
export const trajectoryStates = (
  tokenIds: Int32Array,
  probabilities: Float64Array,
  trajectories: number,
): Pick<Look, 'snapshot' | 'restore'> => {
  const slice = <T extends Int32Array | Float64Array>(of: T, k: number): T =>
    of.slice((k * of.length) / trajectories, ((k + 1) * of.length) / trajectories) as T;
  return {
    snapshot: (k): TrajectoryState => ({
      tokenIds: slice(tokenIds, k),
      probabilities: slice(probabilities, k),
    }),
    restore(k, state) {
      tokenIds.set(state.tokenIds, k * state.tokenIds.length);
      probabilities.set(state.probabilities, k * state.probabilities.length);
    },
  };
};
