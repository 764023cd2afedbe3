/** What a result took, loading not included: seconds compare on one machine, passes on any. */
export interface Cost {
  readonly seconds: number;
  /**
   * Sequences through the denoiser, whole or a block of them; equal ones that went through once count once.
   */
  readonly denoiserPasses: number;
  /**
   * Responses through the reward model: one pass for a score, two (forward and backward) for a score with its
   * gradient.
   */
  readonly rewardPasses: number;
}
