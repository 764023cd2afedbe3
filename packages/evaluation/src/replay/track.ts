/** One response as it came about: what a replay shows. */
export interface Track {
  readonly title: string;
  /** What it responds to, where that is known. */
  readonly prompt?: string | undefined;
  /** Denoising steps. */
  readonly steps: number;
  /** Text of each token, '' for those that are no part of the text. */
  readonly tokens: readonly string[];
  /** Step in which each was committed, from 1. */
  readonly committedAt: readonly number[];
  /** Reward after each step, null where a step has none. */
  readonly rewards: readonly (number | null)[];
}
