/** What a result took, loading not included: seconds compare on one machine, passes on any. */
export interface Cost {
  readonly seconds: number;
  /**
   * Sequences through the denoiser, whole or a block of them; equal ones that went through once count once.
   */
  readonly denoiserPasses: number;
  /**
   * Sequences through the networks of the reward, whatever they are: a response through a reward model is one
   * pass for its score and two (forward and backward) for the score with its gradient, a likelihood is one
   * pass of a denoiser for every step of its path, a rule none, and a reward that does not say how many it
   * takes one for every response. Equal responses are rated once; the beginning of a prompt that is computed
   * once for all of its responses is no pass.
   */
  readonly rewardPasses: number;
}
