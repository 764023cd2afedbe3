/** A position that was committed. */
export interface CommittedToken {
  readonly trajectory: number;
  /** Slot in the response, 0-based. */
  readonly position: number;
  readonly tokenId: number;
}

/**
 * What happened in one denoising step of one prompt. Of more than 10,000 steps in a row that reveal nothing
 * only the last is reported. Streams, progress bars, the playground and traces all read this.
 */
export interface StepEvent {
  readonly type: 'step-end';
  /** Index of the prompt in the batch. */
  readonly prompt: number;
  /** 1-based. */
  readonly step: number;
  readonly steps: number;
  readonly trajectories: number;
  /** Response length in tokens. */
  readonly length: number;
  /** Response token ids after the step, shape [trajectories, length]; a copy. */
  readonly tokenIds: Int32Array;
  readonly committed: readonly CommittedToken[];
  /**
   * What the step changed besides: tokens masked again (the mask id), edited by a callback, or taken over
   * from another trajectory; absent where there is none.
   */
  readonly changed?: readonly CommittedToken[] | undefined;
  /** Masked positions left, per trajectory. */
  readonly remaining: readonly number[];
  /**
   * Reward of the relaxed response before the first and before the last update of the step, per trajectory
   * (NaN where a trajectory sat the step out); absent without guidance.
   */
  readonly rewards?: { readonly first: Float64Array; readonly last: Float64Array } | undefined;
  /** Mean weight of the hard token over masked positions, in [0, 1]; absent without guidance. */
  readonly entropyWeight?: number | undefined;
  readonly timings: StepTimings;
}

/** Milliseconds of one step; rewardMs is part of guidanceMs. */
export interface StepTimings {
  readonly totalMs: number;
  readonly denoiserMs: number;
  readonly guidanceMs: number;
  readonly rewardMs: number;
}
