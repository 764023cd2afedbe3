import type { RandomStream } from '@entrgi/core';

/** One trajectory between two steps. */
export interface TrajectoryState {
  /** Shape [length]. */
  readonly tokenIds: Int32Array;
  /** Probability with which each token was drawn, shape [length]; empty where nothing asks for it. */
  readonly probabilities: Float64Array;
}

/** What a strategy sees after a step. */
export interface Look {
  readonly step: number;
  /**
   * Responses, each drawn once more from where the trajectories stand: shape [trajectories, length] each;
   * complete, or up to the end of the denoiser's current block.
   */
  readonly drafts: readonly Int32Array[];
  /**
   * log p − log q of what each trajectory committed since the last look, where p is unguided and q guided:
   * shape [trajectories].
   */
  readonly logRatios: Float64Array;
  readonly random: RandomStream;
  snapshot(trajectory: number): TrajectoryState;
  /** Lets a trajectory go on from another's state. */
  restore(trajectory: number, state: TrajectoryState): void;
}

/** A strategy that looks at the trajectories between steps, and decides from where they go on. */
export interface Steering {
  /** How many drafts of each trajectory. */
  readonly drafts: number;
  /** At these steps every trajectory that has masks is predicted, whether it commits or not. */
  looksAt(step: number): boolean;
  look(look: Look): Promise<void>;
}
