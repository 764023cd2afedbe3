import type { RowLogits } from '@entrgi/core';

/** Where an edit is asked for. */
export interface EditedStep {
  readonly prompt: number;
  readonly step: number;
  readonly steps: number;
  readonly trajectories: number;
  /** Response length in tokens. */
  readonly length: number;
  /** The responses, shape [trajectories, length], the mask id where nothing is written yet. */
  readonly tokenIds: Int32Array;
}

/** Changes what a step draws from and what it leaves: in place, at once or by a promise. */
export interface StepEditor {
  /**
   * Asked before tokens are drawn, after guidance: may write to `logits.values`. Row r is the flat slot
   * `rows[r]` of `tokenIds`, which is a copy here.
   */
  logits?(step: EditedStep & { readonly rows: Int32Array; readonly logits: RowLogits }): void | Promise<void>;
  /**
   * Asked after each step: may write to `tokenIds`; the mask id where a token is to be drawn again in a later
   * step.
   */
  tokens?(step: EditedStep): void | Promise<void>;
}
