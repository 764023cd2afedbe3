/** The tokens that a trajectory has committed, between two noise levels. */
export interface RemaskRequest {
  /** min(1, s/(1 − t)): with a higher probability the noise level s could not be reached. */
  readonly limit: number;
  /** Probability with which each token was drawn, shape [committed]. */
  readonly probabilities: Float64Array;
}

/** How likely tokens are masked again in a step; σ of ReMDM. */
export interface RemaskProbabilities {
  /** Of each committed token, in [0, limit], shape [committed]. */
  readonly committed: Float64Array;
  /** What masks make up for: they are revealed with probability 1 − s/t + σ (1 − t)/t. */
  readonly masked: number;
}

/** Decides how likely committed tokens are masked again, to be drawn anew. */
export type Remasking = (request: RemaskRequest) => RemaskProbabilities;
